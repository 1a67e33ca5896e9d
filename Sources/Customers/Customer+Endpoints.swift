import Kernel
import Platform
import Web

extension Customers {
    var customerEndpoints: [Endpoint] {
        [listCustomers, createCustomer, readCustomer, changeCustomer]
    }

    private var listCustomers: Endpoint {
        Endpoint(
            .get("/v1/customers"), .customersRead,
            About(
                tag: "Customers", name: "listCustomers",
                summary: "List or search customers, the newest first",
                details: """
                    Each word of `search` must begin a word of the company, name, e-mail address, reference, \
                    city or tax ID. Case and accents do not matter; words after the eighth are not looked at.
                    """)
        ) { (request: Request<NoPath, CustomerQuery, NoBody>) in
            let page = try await list(
                request.query.filter, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map { CustomerBody($0, for: request.actor) })
        }
    }

    private var createCustomer: Endpoint {
        Endpoint(
            .post("/v1/customers"), .customersWrite,
            About(
                tag: "Customers", name: "createCustomer", summary: "Create a customer",
                details: "With a company name it is a company, without one a person.", status: 201,
                problems: [CustomersProblem.referenceTaken, CustomersProblem.unknownGroup])
        ) { (request: Request<NoPath, NoQuery, NewCustomer>, change: Change) in
            let customer = try await create(request.body.draft(), in: change.tx)
            return try .created(CustomerBody(customer, for: request.actor))
        }
    }

    private var readCustomer: Endpoint {
        Endpoint(
            .get("/v1/customers/{id}"), .customersRead,
            About(tag: "Customers", name: "readCustomer", summary: "Read a customer", problems: [.notFound])
        ) { (request: Request<CustomerPath, NoQuery, NoBody>) in
            CustomerBody(try await read(request.path.id, request.actor.scope), for: request.actor)
        }
    }

    private var changeCustomer: Endpoint {
        Endpoint(
            .patch("/v1/customers/{id}"), .customersWrite,
            About(
                tag: "Customers", name: "changeCustomer", summary: "Change a customer",
                details:
                    """
                    Absent fields stay as they are. Issued invoices keep the buyer that they were issued to.
                    """,
                problems: [
                    .notFound, .stale, CustomersProblem.referenceTaken, CustomersProblem.unknownGroup,
                ])
        ) { (request: Request<CustomerPath, NoQuery, CustomerChange>, change: Change) in
            try await self.change(request.path.id, in: change, request.body.apply(to:))
                .told { CustomerBody($0, for: request.actor) }
        }
    }
}
