import Kernel
import Web

extension Ledger {
    var postingEndpoints: [Endpoint] {
        [listPostings, readBalances]
    }

    private var listPostings: Endpoint {
        Endpoint(
            .get("/v1/postings"), .ledgerRead,
            About(
                tag: "Ledger", name: "listPostings", summary: "List a customer's postings, the latest first")
        ) { (request: Request<NoPath, PostingQuery, NoBody>) in
            let page = try await postings(
                of: request.query.customerId, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map(PostingBody.init))
        }
    }

    private var readBalances: Endpoint {
        Endpoint(
            .get("/v1/ledger/balances"), .ledgerRead,
            About(
                tag: "Ledger", name: "readBalances", summary: "Read what each account holds in each currency",
                details: """
                    A balance is debits less credits: positive for what customers owe, negative for revenue \
                    and tax payable. The balances of a currency add up to zero.
                    """)
        ) { (request: Request<NoPath, NoQuery, NoBody>) in
            BalancesBody(balances: try await balances(request.actor.scope).map(BalanceBody.init))
        }
    }
}
