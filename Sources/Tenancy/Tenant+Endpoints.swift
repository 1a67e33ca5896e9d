import Kernel
import Platform
package import Web

extension Tenancy {
    package var endpoints: [Endpoint] {
        [readTenant, changeSettings]
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
}
