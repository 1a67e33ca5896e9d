import Kernel
import Platform
import Tenancy
import Web

extension Customers {
    var policyEndpoints: [Endpoint] {
        [readGroupPolicies, changeGroupPolicies, readCustomerPolicies, changeCustomerPolicies]
    }

    private static let change = "Absent fields stay as they are; with `null` the next level counts again."

    private var readGroupPolicies: Endpoint {
        Endpoint(
            .get("/v1/customer-groups/{id}/policies"), .policiesRead,
            About(
                tag: "Policies", name: "readCustomerGroupPolicies",
                summary: "Read a customer group's policies",
                problems: [.notFound])
        ) { (request: Request<GroupPath, NoQuery, NoBody>) in
            let (group, cascade) = try await groupPolicies(request.path.id, request.actor.scope)
            return PoliciesBody<CustomerGroup>(group.id, version: group.version, cascade)
        }
    }

    private var changeGroupPolicies: Endpoint {
        Endpoint(
            .patch("/v1/customer-groups/{id}/policies"), .policiesWrite,
            About(
                tag: "Policies", name: "changeCustomerGroupPolicies",
                summary: "Change a customer group's policies", details: Customers.change,
                problems: [.notFound, .stale])
        ) { (request: Request<GroupPath, NoQuery, PoliciesChange<CustomerGroup>>, change: Change) in
            try await changeGroupPolicies(
                of: request.path.id, in: change, request.body.apply(to:)
            ).told { PoliciesBody<CustomerGroup>($0.group.id, version: $0.group.version, $0.cascade) }
        }
    }

    private var readCustomerPolicies: Endpoint {
        Endpoint(
            .get("/v1/customers/{id}/policies"), .policiesRead,
            About(
                tag: "Policies", name: "readCustomerPolicies", summary: "Read a customer's policies",
                problems: [.notFound])
        ) { (request: Request<CustomerPath, NoQuery, NoBody>) in
            let (customer, cascade) = try await policies(of: request.path.id, request.actor.scope)
            return PoliciesBody<Customer>(customer.id, version: customer.version, cascade)
        }
    }

    private var changeCustomerPolicies: Endpoint {
        Endpoint(
            .patch("/v1/customers/{id}/policies"), .policiesWrite,
            About(
                tag: "Policies", name: "changeCustomerPolicies", summary: "Change a customer's policies",
                details: Customers.change, problems: [.notFound, .stale])
        ) { (request: Request<CustomerPath, NoQuery, PoliciesChange<Customer>>, change: Change) in
            try await changePolicies(of: request.path.id, in: change, request.body.apply(to:))
                .told { PoliciesBody<Customer>($0.customer.id, version: $0.customer.version, $0.cascade) }
        }
    }
}
