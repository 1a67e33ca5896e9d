import Kernel
import Platform
import Web

extension Tax {
    var exemptionEndpoints: [Endpoint] {
        [listTaxExemptions, addTaxExemption, readTaxExemption, endTaxExemption, deleteTaxExemption]
    }

    private var listTaxExemptions: Endpoint {
        Endpoint(
            .get("/v1/tax-exemptions"), .taxRead,
            About(
                tag: "Tax", name: "listTaxExemptions", summary: "List certificates of customers' exemption")
        ) { (request: Request<NoPath, TaxExemptionQuery, NoBody>) in
            let page = try await exemptions.list(
                of: request.query.customerId, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map(TaxExemptionBody.init))
        }
    }

    private var addTaxExemption: Endpoint {
        Endpoint(
            .post("/v1/tax-exemptions"), .taxManage,
            About(
                tag: "Tax", name: "createTaxExemption",
                summary: "Record a certificate that exempts a customer",
                details: """
                    What becomes due in tax while it is valid is not taxed: what is billed in advance on the \
                    day of its invoice, what is billed in arrears on the last day of its term.
                    """,
                status: 201, problems: [TaxProblem.unknownCustomer, TaxProblem.endsBeforeItBegins])
        ) { (request: Request<NoPath, NoQuery, NewTaxExemption>, change: Change) in
            let body = request.body
            return try .created(
                TaxExemptionBody(
                    try await exemptions.add(body.exemption, for: body.customerId, in: change)))
        }
    }

    private var readTaxExemption: Endpoint {
        Endpoint(
            .get("/v1/tax-exemptions/{id}"), .taxRead,
            About(
                tag: "Tax", name: "readTaxExemption", summary: "Read a certificate of exemption",
                problems: [.notFound])
        ) { (request: Request<TaxExemptionPath, NoQuery, NoBody>) in
            TaxExemptionBody(try await exemptions.read(request.path.id, request.actor.scope))
        }
    }

    private var endTaxExemption: Endpoint {
        Endpoint(
            .patch("/v1/tax-exemptions/{id}"), .taxManage,
            About(
                tag: "Tax", name: "changeTaxExemption",
                summary: "Change on which day a certificate of exemption ends",
                problems: [.notFound, .stale, TaxProblem.endsBeforeItBegins])
        ) { (request: Request<TaxExemptionPath, NoQuery, ValidityChange>, change: Change) in
            try await exemptions.end(request.path.id, on: request.body.validThrough, in: change)
                .told(TaxExemptionBody.init)
        }
    }

    private var deleteTaxExemption: Endpoint {
        Endpoint(
            .delete("/v1/tax-exemptions/{id}"), .taxManage,
            About(
                tag: "Tax", name: "deleteTaxExemption", summary: "Delete a certificate of exemption",
                details: "For one that never was; one that is over has a last day.", status: 204,
                problems: [.notFound, .stale])
        ) { (request: Request<TaxExemptionPath, NoQuery, NoBody>, change: Change) in
            try .removed(TaxExemptionBody(try await exemptions.delete(request.path.id, in: change)))
        }
    }
}
