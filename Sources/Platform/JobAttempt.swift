import Kernel
import Logging
import Postgres

extension JobWorker {
    /// Takes a job, calls `onceTaken`, does the job, and writes how that ended. False when another worker was
    /// quicker or the database cannot be reached: the job is then still there.
    @discardableResult
    func attempt(_ place: JobPlace, onceTaken: () -> Void = {}) async -> Bool {
        let scope = TenantScope(place.tenant)
        let now = clock.now()
        let taken: Job?
        do {
            taken = try await database.write(scope) { tx in
                try await Job.take(place.id, at: now, until: leaseEnd(from: now), in: tx)
            }
        } catch {
            if !Task.isCancelled {
                logger.error(
                    "a job could not be taken",
                    metadata: ["job": "\(place.id)", "error": "\(String(reflecting: error))"])
            }
            return false
        }
        guard let job = taken else { return false }
        onceTaken()
        let definition = definition(of: job)
        guard job.attempts <= definition.attempts else {
            // Its last attempt ended with its worker: perhaps it is what kills them.
            await giveUp(job, definition, place, error: WorkerLost())
            return true
        }
        do {
            try await underLease(of: job, scope) { try await definition.run(scope, job.payload) }
            await write(job, scope) { tx in try await job.finish(in: tx) }
            logger.info("a job was done", metadata: note(job, place))
        } catch is LeaseLost {
            logger.warning("a job went to another worker", metadata: note(job, place))
        } catch let wait as JobPostponed {
            await write(job, scope) { tx in
                try await job.handBack(until: wait.until, attempts: job.attempts - 1, error: nil, in: tx)
            }
        } catch  where Task.isCancelled {
            // The process drains: somebody else goes on, and this attempt does not count.
            await write(job, scope) { tx in
                try await job.handBack(until: clock.now(), attempts: job.attempts - 1, error: nil, in: tx)
            }
        } catch {
            await fail(job, definition, place, error)
        }
        return true
    }

    private func fail(
        _ job: Job, _ definition: JobDefinition, _ place: JobPlace, _ error: any Error
    ) async {
        if job.attempts == definition.attempts {
            return await giveUp(job, definition, place, error: error)
        }
        logger.error("a job failed and is tried again", metadata: note(job, place, error))
        let dueAt = clock.now().adding(seconds: JobDefinition.pause(after: job.attempts))
        await write(job, TenantScope(place.tenant)) { tx in
            try await job.handBack(until: dueAt, attempts: job.attempts, error: name(of: error), in: tx)
        }
    }

    private func giveUp(
        _ job: Job, _ definition: JobDefinition, _ place: JobPlace, error: any Error
    ) async {
        logger.error("a job was given up", metadata: note(job, place, error))
        await write(job, TenantScope(place.tenant)) { tx in
            guard try await job.bury(error: name(of: error), in: tx, at: clock.now()) else { return }
            try await definition.giveUp(tx, job.payload)
        }
    }

    /// Runs `body` and extends the job's lease meanwhile. When the lease is lost, `body` is cancelled and
    /// `LeaseLost` thrown.
    private func underLease(
        of job: Job, _ scope: TenantScope, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    try await Task.sleep(for: .seconds(limits.leaseSeconds) / 3)
                    let end = leaseEnd(from: clock.now())
                    // A missed extension is made up by the next: there are two more before the lease ends.
                    let isOurs = try? await database.write(scope) { tx in
                        try await job.extend(until: end, in: tx)
                    }
                    if isOurs == false { throw LeaseLost() }
                }
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            // The first to return is `body`; the first to throw is either.
            try await group.next()
        }
    }

    /// Writes the end of an attempt. In an outage the lease runs out, and the job is done again.
    private func write(
        _ job: Job, _ scope: TenantScope, _ body: @escaping @Sendable (Transaction) async throws -> Void
    ) async {
        // A task of its own: it must be written even when this one is cancelled.
        let result = await Task { try await database.write(scope, body) }.result
        if case .failure(let error) = result {
            logger.error(
                "the end of a job could not be written",
                metadata: ["job": "\(job.id)", "error": "\(String(reflecting: error))"])
        }
    }

    private func leaseEnd(from now: Instant) -> Instant {
        now.adding(seconds: limits.leaseSeconds)
    }

    /// Its type alone may be kept: the text may quote values.
    private func name(of error: any Error) -> String { "\(type(of: error))" }

    private func note(_ job: Job, _ place: JobPlace, _ error: (any Error)? = nil) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "job": "\(job.id)", "kind": "\(job.kind)", "tenant": "\(place.tenant)",
            "attempt": "\(job.attempts)",
        ]
        metadata["trace_id"] = job.trace.map { "\($0)" }
        metadata["error"] = error.map { "\(String(reflecting: $0))" }
        return metadata
    }
}

/// Nobody wrote how the last attempt ended.
private struct WorkerLost: Error {}

/// Another worker took the job, because this one seemed to be lost.
private struct LeaseLost: Error {}
