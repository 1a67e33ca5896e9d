import Kernel
import Platform
import Web

extension Customers {
    var contactEndpoints: [Endpoint] {
        [listContacts, addContact, readContact, changeContact, deleteContact]
    }

    private var listContacts: Endpoint {
        Endpoint(
            .get("/v1/customers/{id}/contacts"), .customersRead,
            About(
                tag: "Customers", name: "listContacts",
                summary: "List a customer's contacts, the newest first",
                problems: [.notFound])
        ) { (request: Request<CustomerPath, ContactQuery, NoBody>) in
            let page = try await contacts.list(
                of: request.path.id, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map(ContactBody.init))
        }
    }

    private var addContact: Endpoint {
        Endpoint(
            .post("/v1/customers/{id}/contacts"), .customersWrite,
            About(
                tag: "Customers", name: "addContact", summary: "Add a contact to a customer", status: 201,
                problems: [.notFound])
        ) { (request: Request<CustomerPath, NoQuery, NewContact>, change: Change) in
            try .created(ContactBody(try await contacts.add(request.body, to: request.path.id, in: change)))
        }
    }

    private var readContact: Endpoint {
        Endpoint(
            .get("/v1/contacts/{id}"), .customersRead,
            About(tag: "Customers", name: "readContact", summary: "Read a contact", problems: [.notFound])
        ) { (request: Request<ContactPath, NoQuery, NoBody>) in
            ContactBody(try await contacts.read(request.path.id, request.actor.scope))
        }
    }

    private var changeContact: Endpoint {
        Endpoint(
            .patch("/v1/contacts/{id}"), .customersWrite,
            About(
                tag: "Customers", name: "changeContact", summary: "Change a contact",
                details: "Absent fields stay as they are.", problems: [.notFound, .stale])
        ) { (request: Request<ContactPath, NoQuery, ContactChange>, change: Change) in
            try await contacts.change(request.path.id, in: change, request.body.apply(to:))
                .told(ContactBody.init)
        }
    }

    private var deleteContact: Endpoint {
        Endpoint(
            .delete("/v1/contacts/{id}"), .customersWrite,
            About(
                tag: "Customers", name: "deleteContact", summary: "Delete a contact", status: 204,
                problems: [.notFound])
        ) { (request: Request<ContactPath, NoQuery, NoBody>, change: Change) in
            try .removed(ContactBody(try await contacts.delete(request.path.id, in: change)))
        }
    }
}
