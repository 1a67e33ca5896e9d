import Kernel
package import Web

extension AuditLog {
    package var endpoints: [Endpoint] {
        [listAuditEntries, readAuditEntry]
    }

    private var listAuditEntries: Endpoint {
        Endpoint(
            .get("/v1/audit-entries"), .auditRead,
            About(
                tag: "Audit", name: "listAuditEntries",
                summary: "List who changed what and when, the newest first",
                details: """
                    Every change stands here, whoever made it: a user, the operator by the command line, or \
                    MPanel's own schedules. `from` is the first moment shown, `until` the first not shown.
                    """)
        ) { (request: Request<NoPath, AuditQuery, NoBody>) in
            let page = try await list(
                request.query.filter, PageRequest(request.query.limit, request.query.cursor),
                request.actor.scope)
            return PageBody(page.map(AuditEntryBody.init))
        }
    }

    private var readAuditEntry: Endpoint {
        Endpoint(
            .get("/v1/audit-entries/{id}"), .auditRead,
            About(
                tag: "Audit", name: "readAuditEntry",
                summary: "Read an entry with the object before and after the change", problems: [.notFound])
        ) { (request: Request<AuditPath, NoQuery, NoBody>) in
            try AuditDetail(try await read(request.path.id, request.actor.scope))
        }
    }
}
