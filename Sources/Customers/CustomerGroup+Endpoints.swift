import Kernel
import Platform
import Tenancy
import Web

extension Customers {
    var groupEndpoints: [Endpoint] {
        [listGroups, createGroup, readGroup, renameGroup, deleteGroup]
    }

    private var listGroups: Endpoint {
        Endpoint(
            .get("/v1/customer-groups"), .groupsRead,
            About(tag: "Customers", name: "listCustomerGroups", summary: "List customer groups")
        ) { (request: Request<NoPath, GroupQuery, NoBody>) in
            let page = try await groups.list(
                PageRequest(request.query.limit, request.query.cursor), request.actor.scope)
            return PageBody(page.map(GroupBody.init))
        }
    }

    private var createGroup: Endpoint {
        Endpoint(
            .post("/v1/customer-groups"), .groupsWrite,
            About(
                tag: "Customers", name: "createCustomerGroup", summary: "Create a customer group",
                details: "Customers come into it by their own `customer_group_id`.", status: 201,
                problems: [CustomersProblem.groupNameTaken])
        ) { (request: Request<NoPath, NoQuery, GroupName>, change: Change) in
            try .created(GroupBody(try await groups.create(request.body.name, in: change)))
        }
    }

    private var readGroup: Endpoint {
        Endpoint(
            .get("/v1/customer-groups/{id}"), .groupsRead,
            About(
                tag: "Customers", name: "readCustomerGroup", summary: "Read a customer group",
                problems: [.notFound])
        ) { (request: Request<GroupPath, NoQuery, NoBody>) in
            GroupBody(try await groups.read(request.path.id, request.actor.scope))
        }
    }

    private var renameGroup: Endpoint {
        Endpoint(
            .patch("/v1/customer-groups/{id}"), .groupsWrite,
            About(
                tag: "Customers", name: "renameCustomerGroup", summary: "Rename a customer group",
                problems: [.notFound, .stale, CustomersProblem.groupNameTaken])
        ) { (request: Request<GroupPath, NoQuery, GroupName>, change: Change) in
            try await groups.change(request.path.id, in: change) { $0.name = request.body.name }
                .told(GroupBody.init)
        }
    }

    private var deleteGroup: Endpoint {
        Endpoint(
            .delete("/v1/customer-groups/{id}"), .groupsWrite,
            About(
                tag: "Customers", name: "deleteCustomerGroup",
                summary: "Delete a customer group that no customer is in",
                status: 204, problems: [.notFound, CustomersProblem.groupInUse])
        ) { (request: Request<GroupPath, NoQuery, NoBody>, change: Change) in
            try .removed(GroupBody(try await groups.delete(request.path.id, in: change)))
        }
    }
}
