import Kernel
import Platform
import Web

extension Subscriptions {
    var runEndpoints: [Endpoint] {
        [startRun, readRun, listRuns]
    }

    private var startRun: Endpoint {
        Endpoint(
            .post("/v1/billing-runs"), .billingWrite,
            About(
                tag: "Billing", name: "startBillingRun", summary: "Bill all due terms of your company",
                details: """
                    The run is queued; read it until its state is finished. as_of selects the terms that \
                    start on or \
                    before it, invoices are dated today. A dry run computes the same and writes nothing. \
                    Running \
                    again bills nothing twice.
                    """,
                status: 202, problems: [SubscriptionsProblem.billingBusy], rate: .heavy)
        ) { (request: Request<NoPath, NoQuery, NewRun>, change: Change) in
            let run = try await runs.ask(
                asOf: request.body.asOf, isDryRun: request.body.dryRun ?? false, in: change)
            return try .created(RunBody(run))
        }
    }

    private var readRun: Endpoint {
        Endpoint(
            .get("/v1/billing-runs/{id}"), .billingRead,
            About(
                tag: "Billing", name: "readBillingRun",
                summary: "Read a billing run: progress, totals, what was left out",
                problems: [.notFound])
        ) { (request: Request<RunPath, NoQuery, NoBody>) in
            RunBody(try await runs.read(request.path.id, request.actor.scope))
        }
    }

    private var listRuns: Endpoint {
        Endpoint(
            .get("/v1/billing-runs"), .billingRead,
            About(tag: "Billing", name: "listBillingRuns", summary: "List billing runs, newest first")
        ) { (request: Request<NoPath, RunsQuery, NoBody>) in
            let page = try await runs.list(
                PageRequest(request.query.limit, request.query.cursor), request.actor.scope)
            return PageBody(page.map(RunBody.init))
        }
    }
}
