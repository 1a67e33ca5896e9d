import Catalog
import Foundation
import Kernel
import Memories
import Platform
import Redis
import Tenancy
import Web

/// Answers that are remembered: by this process and, where there is Redis, by all of them for each other.
struct RememberedAnswers: Sendable {
    /// Bytes of all answers together.
    private static let capacity = 32 << 20

    private let memory: Memory<Answer>
    private let editions: Editions
    private let origins: Memory<Bool>
    private let isOn: Bool

    /// Switched off, every answer is looked up: to measure what memory is worth.
    init(redis: Redis?, secrets: SecretBox, tenants: Tenants, isOn: Bool) {
        self.isOn = isOn
        let copies = redis.map {
            Copies(
                "answers", redis: $0, secrets: secrets, encode: RememberedAnswers.encode,
                decode: RememberedAnswers.decode)
        }
        memory = Memory(capacity: RememberedAnswers.capacity, copies: copies) {
            ($0.body?.count ?? 0) + MemoryLayout<Answer>.size
        }
        editions = Editions(redis: redis, secrets: secrets)
        origins = tenants.memory.origins
    }

    var closures: AnswerMemory {
        AnswerMemory(
            remember: { question, answer in
                guard isOn else { return try await answer() }
                return try await memory.value(of: question.key, question.tenant, in: question.edition, answer)
            },
            renew: { tenant in
                origins.forget(tenant)
                memory.forget(tenant)
                try await editions.begin(of: tenant)
            })
    }

    /// News of whoever changes the catalogue by another way than this API.
    var hearers: [BroadcastChannel: Broadcast.Hearer] {
        [
            CatalogNews.channel: { tenant in
                guard let tenant else { return memory.forget() }
                memory.forget(tenant)
                try? await editions.begin(of: tenant)
            }
        ]
    }

    /// A good answer in a line and its body: `200 7` for one of version 7, `200 -` for one without.
    private static let encode: @Sendable (Answer) -> Data = { answer in
        Data("\(answer.status) \(answer.version.map { "\($0)" } ?? "-")\n".utf8) + (answer.body ?? Data())
    }

    private static let decode: @Sendable (Data) -> Answer? = { data in
        guard let end = data.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let words = String(decoding: data[..<end], as: UTF8.self).split(separator: " ")
        guard words.count == 2, let status = Int(words[0]) else { return nil }
        return Answer(status: status, body: Data(data[(end + 1)...]), version: Int(words[1]))
    }
}
