# The commands of this repository. Each target is one line of work; what is longer stands in scripts/.
.DEFAULT_GOAL := help
.PHONY: help setup run stop test fuzz bench build format lint openapi release-api smoke clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing (PostgreSQL, Redis and C headers from Debian) and check the Swift version
	@scripts/setup

run: ## Build the release binary, load two demo providers, bill what is due, and serve the API
	@scripts/run

stop: ## End the server that `make run` left running
	@scripts/stop

test: ## Lint, build with warnings as errors, run every test, validate the OpenAPI document
	@scripts/test

fuzz: ## Send the API thousands of requests made from its description, and check every answer against it
	@scripts/fuzz

bench: ## Measure the billing run, reads, events, jobs and calculations, each against its target where it has one
	@scripts/bench

build: setup ## Build everything for debugging
	@swift build

format: ## Format all Swift files in place
	@swift format --in-place --parallel --recursive Package.swift Sources Tests

lint: ## Check the format of all Swift files
	@swift format lint --strict --parallel --recursive Package.swift Sources Tests

openapi: setup ## Write openapi/mpanel.json anew from the code
	@scripts/openapi

release-api: openapi ## At a release: make the API of the code the one that later changes may not break
	@cp openapi/mpanel.json openapi/released.json

smoke: ## Check that `make run` comes up and answers, then stop it
	@scripts/smoke

clean: ## Remove what builds made; the database under var/ stays
	@rm -rf .build .build-*
