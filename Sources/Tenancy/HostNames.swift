package import Kernel
import Memories
import Platform
import Postgres

extension Tenants {
    private static let hostNews = BroadcastChannel("mpanel_host_names")
    private static let settingsNews = BroadcastChannel("mpanel_settings")

    /// An event comes to one process, and all of them remember host names: it tells the others.
    var hostNameSubscriber: Subscriber {
        Subscriber("host_names", events: [TenancyEvents.hostNameAdded]) { scope, _ in
            try await database.write(scope) { tx in try await Broadcast.send(Tenants.hostNews, in: tx) }
        }
    }

    var hearers: [BroadcastChannel: Broadcast.Hearer] {
        [
            Tenants.hostNews: { _ in memory.hosts.forget() },
            Tenants.settingsNews: { tenant in
                if let tenant { memory.origins.forget(tenant) } else { memory.origins.forget() }
            },
        ]
    }

    func tellOfSettings(in tx: Transaction) async throws {
        try await Broadcast.send(Tenants.settingsNews, in: tx)
    }

    /// Lets a host name lead to the actor's tenant. Throws `unknownTenant`, `hostNameTaken`.
    package func add(hostName: HostName, by actor: Actor) async throws {
        try await database.write(actor.scope) { tx in
            guard let tenant = try await Tenant.current(in: tx) else { throw TenancyProblem.unknownTenant }
            let now = clock.now()
            try await tenant.add(hostName: hostName, in: tx)
            try await Commands.record("addHostName", by: actor, ["host_name": hostName.text], in: tx, at: now)
            try await Event.record([TenancyEvents.hostNameAdded(to: tenant.id)], in: tx, at: now)
        }
        // This process need not wait for the news of its own deed.
        memory.hosts.forget()
    }
}
