import Kernel
import Platform
package import Web

extension Tenancy {
    package var endpoints: [Endpoint] {
        [readTenant, changeSettings, readTenantPolicies, changeTenantPolicies]
    }

    private var readTenant: Endpoint {
        Endpoint(
            .get("/v1/tenant"), .tenantRead,
            About(
                tag: "Company", name: "readTenant", summary: "Read your company, its settings and its today")
        ) { (request: Request<NoPath, NoQuery, NoBody>) in
            let (tenant, calendar) = try await tenants.read(request.actor.scope)
            return TenantBody(tenant, calendar)
        }
    }

    private var changeSettings: Endpoint {
        Endpoint(
            .patch("/v1/tenant/settings"), .tenantManage,
            About(
                tag: "Company", name: "changeSettings", summary: "Change your company's settings",
                details:
                    "Absent fields stay as they are. Issued invoices keep the seller they were issued with.",
                problems: [.stale])
        ) { (request: Request<NoPath, NoQuery, SettingsChange>, change: Change) in
            try await tenants.change(in: change, request.body.apply(to:)).told(TenantBody.init)
        }
    }

    private var readTenantPolicies: Endpoint {
        Endpoint(
            .get("/v1/tenant/policies"), .policiesRead,
            About(
                tag: "Policies", name: "readTenantPolicies", summary: "Read your company's policies",
                details: """
                    They hold for all your customers but those for whom a nearer level says otherwise. What \
                    you do not set is as MPanel ships it.
                    """)
        ) { (request: Request<NoPath, NoQuery, NoBody>) in
            let (tenant, calendar) = try await tenants.read(request.actor.scope)
            return PoliciesBody<Tenant>(tenant, calendar.settings)
        }
    }

    private var changeTenantPolicies: Endpoint {
        Endpoint(
            .patch("/v1/tenant/policies"), .policiesManage,
            About(
                tag: "Policies", name: "changeTenantPolicies", summary: "Change your company's policies",
                details: "Absent fields stay as they are; `null` takes back what was set.",
                problems: [.stale])
        ) { (request: Request<NoPath, NoQuery, PoliciesChange<Tenant>>, change: Change) in
            try await tenants.change(in: change) { request.body.apply(to: &$0.policies) }
                .told { PoliciesBody<Tenant>($0.tenant, $0.calendar.settings) }
        }
    }
}

extension PoliciesBody<Tenant> {
    fileprivate init(_ tenant: Tenant, _ settings: TenantSettings) {
        self.init(tenant.id, version: settings.version, PolicyCascade(tenant: settings.policies))
    }
}
