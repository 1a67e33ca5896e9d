import Foundation
import Kernel
import Postgres
import Web

extension KeyClaim {
    /// One row when the key is free or was forgotten, none when it is taken.
    func claim(by scope: TenantScope, at now: Instant, replacingBefore expired: Instant) -> SQL {
        """
        INSERT INTO idempotency_keys AS known (tenant_id, id, customer_id, request_hash, recorded_at)
        VALUES (\(scope.tenant), \(id), \(scope.customer), \(requestHash), \(now))
        ON CONFLICT (tenant_id, id) DO UPDATE
        SET request_hash = EXCLUDED.request_hash, status = NULL, body = NULL, version = NULL,
            recorded_at = EXCLUDED.recorded_at
        WHERE known.recorded_at < \(expired)
        """
    }

    func keptAnswer(since expired: Instant) -> SQL {
        """
        SELECT request_hash, status, body, version FROM idempotency_keys
        WHERE id = \(id) AND recorded_at >= \(expired)
        """
    }

    func keeping(_ answer: Answer) -> SQL {
        """
        UPDATE idempotency_keys
        SET status = \(answer.status), body = \(answer.body.map { String(decoding: $0, as: UTF8.self) }),
            version = \(answer.version)
        WHERE id = \(id)
        """
    }

    /// Removes some keys that are no longer remembered. Every new key removes two, so that the table holds a
    /// day's and none needs to be swept; those that another transaction is removing are left to it.
    static func forgetting(before expired: Instant) -> SQL {
        """
        DELETE FROM idempotency_keys
        WHERE id IN (
            SELECT id FROM idempotency_keys
            WHERE recorded_at < \(expired)
            ORDER BY recorded_at LIMIT 2
            FOR UPDATE SKIP LOCKED)
        """
    }
}

/// An answer as it was kept with its key.
struct KeptAnswer: Sendable {
    let requestHash: String
    let answer: Answer

    init(row: Row) throws {
        requestHash = try row["request_hash"]
        let body: String? = try row["body"]
        answer = Answer(
            status: try row["status"], body: body.map { Data($0.utf8) }, version: try row["version"],
            isReplay: true)
    }
}
