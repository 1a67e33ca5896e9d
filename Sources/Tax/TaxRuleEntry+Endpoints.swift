import Kernel
import Platform
import Web

extension Tax {
    var ruleEndpoints: [Endpoint] {
        [listTaxRules, addTaxRule, readTaxRule, endTaxRule, deleteTaxRule]
    }

    private var listTaxRules: Endpoint {
        Endpoint(
            .get("/v1/tax-rules"), .taxRead,
            About(tag: "Tax", name: "listTaxRules", summary: "List rules of tax")
        ) { (request: Request<NoPath, TaxRuleQuery, NoBody>) in
            let page = try await rules.list(
                of: request.query.country, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map(TaxRuleBody.init))
        }
    }

    private var addTaxRule: Endpoint {
        Endpoint(
            .post("/v1/tax-rules"), .taxManage,
            About(
                tag: "Tax", name: "createTaxRule",
                summary: "Add a rule of tax for a country, a part of it, a kind of product or a time",
                details: """
                    Of the rules that fit a line, one of each tax counts: that of a part of the country \
                    before that of the country, that of a kind of product before that of all, that which \
                    holds from a later day on before an earlier one. Where none fits, the tax rate of the \
                    country counts.
                    """,
                status: 201, problems: [TaxProblem.endsBeforeItBegins, TaxProblem.tooManyRules])
        ) { (request: Request<NoPath, NoQuery, NewTaxRule>, change: Change) in
            try .created(TaxRuleBody(try await rules.add(request.body.rule, in: change)))
        }
    }

    private var readTaxRule: Endpoint {
        Endpoint(
            .get("/v1/tax-rules/{id}"), .taxRead,
            About(tag: "Tax", name: "readTaxRule", summary: "Read a rule of tax", problems: [.notFound])
        ) { (request: Request<TaxRulePath, NoQuery, NoBody>) in
            TaxRuleBody(try await rules.read(request.path.id, request.actor.scope))
        }
    }

    private var endTaxRule: Endpoint {
        Endpoint(
            .patch("/v1/tax-rules/{id}"), .taxManage,
            About(
                tag: "Tax", name: "changeTaxRule", summary: "Change on which day a rule of tax ends",
                details: "Another rate is another rule: the former one ends the day before it begins.",
                problems: [.notFound, .stale, TaxProblem.endsBeforeItBegins])
        ) { (request: Request<TaxRulePath, NoQuery, ValidityChange>, change: Change) in
            try await rules.end(request.path.id, on: request.body.validThrough, in: change)
                .told(TaxRuleBody.init)
        }
    }

    private var deleteTaxRule: Endpoint {
        Endpoint(
            .delete("/v1/tax-rules/{id}"), .taxManage,
            About(
                tag: "Tax", name: "deleteTaxRule", summary: "Delete a rule of tax",
                details: "Invoices that are issued keep the tax that they state.", status: 204,
                problems: [.notFound, .stale])
        ) { (request: Request<TaxRulePath, NoQuery, NoBody>, change: Change) in
            try .removed(TaxRuleBody(try await rules.delete(request.path.id, in: change)))
        }
    }
}
