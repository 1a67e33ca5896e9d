import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Every calculation")
struct CalculationExampleTests {
    @Test("can do the example that its documentation shows, and leaves no entry in the audit log")
    func examples() async throws {
        let calculations = try Surface.endpoints().filter { $0.route.path.hasPrefix("/v1/calculations/") }
        #expect(calculations.count == 6)
        try await World.run { world in
            let newest = try await world.ours.owner.send(.get, "/v1/audit-entries?limit=1")["items"][0]
            #expect(newest["id"] != .null)
            for calculation in calculations {
                let example = try #require(calculation.body?.illustration)
                let answer = try await world.ours.owner.send(.post, calculation.route.path, example)
                #expect(answer.status == 200, "\(calculation.route): \(answer.text)")
                expectDocumented(answer, calculation, "its example")
            }
            let after = try await world.ours.owner.send(.get, "/v1/audit-entries?limit=1")["items"][0]
            #expect(after == newest)
        }
    }
}
