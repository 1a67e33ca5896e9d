import Kernel
import Platform
import Web

extension Tax {
    var registrationEndpoints: [Endpoint] {
        [
            listTaxRegistrations, addTaxRegistration, readTaxRegistration, endTaxRegistration,
            deleteTaxRegistration,
        ]
    }

    private var listTaxRegistrations: Endpoint {
        Endpoint(
            .get("/v1/tax-registrations"), .taxRead,
            About(tag: "Tax", name: "listTaxRegistrations", summary: "List registrations for tax")
        ) { (request: Request<NoPath, TaxRegistrationQuery, NoBody>) in
            let page = try await registrations.list(
                PageRequest(request.query.limit, request.query.cursor), request.actor.scope)
            return PageBody(page.map(TaxRegistrationBody.init))
        }
    }

    private var addTaxRegistration: Endpoint {
        Endpoint(
            .post("/v1/tax-registrations"), .taxManage,
            About(
                tag: "Tax", name: "createTaxRegistration", summary: "Say where the provider is registered",
                details: """
                    Without any registration every customer pays the rate that there is for their country. \
                    With one, tax is charged where the provider is registered and nowhere else: businesses \
                    elsewhere in the EU account for it themselves, consumers there pay by the One Stop Shop, \
                    and what leaves the territory is not taxed.
                    """,
                status: 201, problems: [TaxProblem.endsBeforeItBegins, TaxProblem.tooManyRules])
        ) { (request: Request<NoPath, NoQuery, NewTaxRegistration>, change: Change) in
            let body = request.body
            return try .created(
                TaxRegistrationBody(
                    try await registrations.add(body.registration, number: body.number, in: change)))
        }
    }

    private var readTaxRegistration: Endpoint {
        Endpoint(
            .get("/v1/tax-registrations/{id}"), .taxRead,
            About(
                tag: "Tax", name: "readTaxRegistration", summary: "Read a registration for tax",
                problems: [.notFound])
        ) { (request: Request<TaxRegistrationPath, NoQuery, NoBody>) in
            TaxRegistrationBody(try await registrations.read(request.path.id, request.actor.scope))
        }
    }

    private var endTaxRegistration: Endpoint {
        Endpoint(
            .patch("/v1/tax-registrations/{id}"), .taxManage,
            About(
                tag: "Tax", name: "changeTaxRegistration",
                summary: "Change on which day a registration for tax ends",
                problems: [.notFound, .stale, TaxProblem.endsBeforeItBegins])
        ) { (request: Request<TaxRegistrationPath, NoQuery, ValidityChange>, change: Change) in
            try await registrations.end(request.path.id, on: request.body.validThrough, in: change)
                .told(TaxRegistrationBody.init)
        }
    }

    private var deleteTaxRegistration: Endpoint {
        Endpoint(
            .delete("/v1/tax-registrations/{id}"), .taxManage,
            About(
                tag: "Tax", name: "deleteTaxRegistration", summary: "Delete a registration for tax",
                details: "For one that never was; one that is over has a last day.", status: 204,
                problems: [.notFound, .stale])
        ) { (request: Request<TaxRegistrationPath, NoQuery, NoBody>, change: Change) in
            try .removed(TaxRegistrationBody(try await registrations.delete(request.path.id, in: change)))
        }
    }
}
