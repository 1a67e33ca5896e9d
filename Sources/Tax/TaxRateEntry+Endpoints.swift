import Kernel
import Platform
import Web

extension Tax {
    var rateEndpoints: [Endpoint] {
        [listTaxRates, putTaxRate, readTaxRate, deleteTaxRate]
    }

    private var listTaxRates: Endpoint {
        Endpoint(
            .get("/v1/tax-rates"), .taxRead,
            About(tag: "Tax", name: "listTaxRates", summary: "List tax rates by country")
        ) { (request: Request<NoPath, TaxRateQuery, NoBody>) in
            let page = try await rates.list(
                PageRequest(request.query.limit, request.query.cursor), request.actor.scope)
            return PageBody(page.map(TaxRateBody.init))
        }
    }

    private var putTaxRate: Endpoint {
        Endpoint(
            .put("/v1/tax-rates/{country}"), .taxManage,
            About(
                tag: "Tax", name: "putTaxRate", summary: "Set the tax rate of a country",
                details: "Invoices that are issued from now on use it; issued ones stay as they are.")
        ) { (request: Request<TaxRatePath, NoQuery, TaxRateSetting>, change: Change) in
            try await rates.put(request.body.draft(for: request.path.country), in: change)
                .told(TaxRateBody.init)
        }
    }

    private var readTaxRate: Endpoint {
        Endpoint(
            .get("/v1/tax-rates/{country}"), .taxRead,
            About(
                tag: "Tax", name: "readTaxRate", summary: "Read the tax rate of a country",
                problems: [.notFound])
        ) { (request: Request<TaxRatePath, NoQuery, NoBody>) in
            TaxRateBody(try await rates.read(request.path.country, request.actor.scope))
        }
    }

    private var deleteTaxRate: Endpoint {
        Endpoint(
            .delete("/v1/tax-rates/{country}"), .taxManage,
            About(
                tag: "Tax", name: "deleteTaxRate", summary: "Delete the tax rate of a country",
                details: "Customers there are not taxed any more.", status: 204, problems: [.notFound])
        ) { (request: Request<TaxRatePath, NoQuery, NoBody>, change: Change) in
            try .removed(TaxRateBody(try await rates.delete(request.path.country, in: change)))
        }
    }
}
