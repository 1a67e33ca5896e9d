import Kernel
import Logging
import Postgres

extension EventDispatcher {
    private enum Outcome: Sendable {
        case delivered
        case failed(any Error)
        /// The process drains, or the batch has taken too long: somebody else begins it.
        case untouched
    }

    /// So often a delivery is taken without an end before it becomes a job, which is given up in the end:
    /// perhaps it is what kills the dispatchers.
    private static let trust = 3

    /// Delivers one batch of a tenant's events, and returns how many deliveries it had. None when other
    /// dispatchers were quicker or the database cannot be reached: they are then still there.
    func deliver(to tenant: TenantID) async -> Int {
        let scope = TenantScope(tenant)
        let now = clock.now()
        let batch: [Delivery]
        do {
            batch = try await database.write(scope) { tx in
                try await Delivery.claim(
                    owing: names, at: now, until: now.adding(seconds: limits.leaseSeconds),
                    limit: limits.batch, in: tx)
            }
        } catch {
            if !Task.isCancelled {
                logger.error(
                    "events could not be taken",
                    metadata: ["tenant": "\(tenant)", "error": "\(String(reflecting: error))"])
            }
            return 0
        }
        if !batch.isEmpty { await close(await outcomes(of: batch, scope), scope) }
        return batch.count
    }

    /// A few side by side: they are of different objects or for different subscribers.
    private func outcomes(
        of batch: [Delivery], _ scope: TenantScope
    ) async -> [(delivery: Delivery, outcome: Outcome)] {
        // Whatever is begun by then has ended before the lease has.
        let lastBegin = ContinuousClock.now + .seconds(limits.leaseSeconds) / 2
        return await withTaskGroup(of: (delivery: Delivery, outcome: Outcome).self) { group in
            var waiting = batch[...]
            func beginNext() {
                guard let delivery = waiting.popFirst() else { return }
                group.addTask { (delivery, await outcome(of: delivery, scope, lastBegin)) }
            }
            for _ in 0..<limits.abreast { beginNext() }
            var ended: [(delivery: Delivery, outcome: Outcome)] = []
            for await one in group {
                ended.append(one)
                beginNext()
            }
            return ended
        }
    }

    private func outcome(
        of delivery: Delivery, _ scope: TenantScope, _ lastBegin: ContinuousClock.Instant
    ) async -> Outcome {
        guard !Task.isCancelled, ContinuousClock.now < lastBegin,
            let subscriber = subscriber(delivery.subscriber)
        else { return .untouched }
        if delivery.attempts > EventDispatcher.trust { return .failed(DispatcherLost()) }
        do {
            try await inTime { try await subscriber.run(scope, delivery.event) }
            return .delivered
        } catch {
            return Task.isCancelled ? .untouched : .failed(error)
        }
    }

    private func inTime(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Task.sleep(for: limits.time)
                throw DeliveryTooSlow()
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Writes how a batch ended. In an outage the lease runs out, and it is delivered again.
    private func close(
        _ ended: [(delivery: Delivery, outcome: Outcome)], _ scope: TenantScope
    ) async {
        var (delivered, untouched): ([Delivery], [Delivery]) = ([], [])
        for (delivery, outcome) in ended {
            switch outcome {
            case .delivered: delivered.append(delivery)
            case .untouched: untouched.append(delivery)
            case .failed(let error):
                note(delivery, scope, error)
                await write(scope) { tx in try await delivery.becomeJob(in: tx, at: clock.now()) }
            }
        }
        let (finished, returned) = (delivered, untouched)
        await write(scope) { tx in
            if !finished.isEmpty { try await Delivery.finish(finished, in: tx) }
            if !returned.isEmpty { try await Delivery.handBack(returned, in: tx, at: clock.now()) }
        }
    }

    private func write(
        _ scope: TenantScope, _ body: @escaping @Sendable (Transaction) async throws -> Void
    ) async {
        // A task of its own: it must be written even when this one is cancelled.
        let result = await Task { try await database.write(scope, body) }.result
        if case .failure(let error) = result {
            logger.error(
                "the end of deliveries could not be written",
                metadata: ["tenant": "\(scope.tenant)", "error": "\(String(reflecting: error))"])
        }
    }

    private func note(_ delivery: Delivery, _ scope: TenantScope, _ error: any Error) {
        var metadata: Logger.Metadata = [
            "subscriber": "\(delivery.subscriber)", "type": "\(delivery.event.type)",
            "event": "\(delivery.event.id)", "tenant": "\(scope.tenant)",
            "error": "\(String(reflecting: error))",
        ]
        metadata["trace_id"] = delivery.trace.map { "\($0)" }
        logger.error("an event could not be delivered and became a job", metadata: metadata)
    }
}

/// Dispatchers took a delivery again and again, and none of them wrote how it ended.
private struct DispatcherLost: Error {}

private struct DeliveryTooSlow: Error {}
