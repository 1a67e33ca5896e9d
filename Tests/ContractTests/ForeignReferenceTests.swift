import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

/// Ids of another tenant's objects, sent where an id of one's own belongs.
@Suite("References to another tenant")
struct ForeignReferenceTests {
    @Test("in a body they are refused like ids that never were, where one's own is taken")
    func bodies() async throws {
        try await World.run { world in
            let endpoints = try Surface.endpoints().filter { !$0.references.isEmpty }
            try #require(endpoints.count >= 3)
            for endpoint in endpoints {
                for place in endpoint.references {
                    let own = try await endpoint.validBody(ObjectMaker(world.ours))
                    let taken = try await send(own, to: endpoint, world)
                    #expect(taken.status == endpoint.status, "\(endpoint.route): \(taken.text)")
                    let collection = try #require(place.schema.collection)
                    let theirs = try await ObjectMaker(world.theirs).make(for: collection)
                    let base = try await endpoint.validBody(ObjectMaker(world.ours))
                    let foreign = try await send(
                        base.replacing(place.pointer[...], by: .string(theirs)), to: endpoint, world)
                    let unknown = try await send(
                        base.replacing(place.pointer[...], by: place.schema.sample(full: true)), to: endpoint,
                        world)
                    #expect(foreign.status == 422, "\(endpoint.route) \(place.pointer): \(foreign.text)")
                    #expect(foreign["code"] == unknown["code"], "\(endpoint.route) \(place.pointer)")
                    #expect(foreign["detail"] == unknown["detail"], "\(endpoint.route) \(place.pointer)")
                    #expect(foreign["errors"] == unknown["errors"], "\(endpoint.route) \(place.pointer)")
                    expectDocumented(foreign, endpoint)
                }
            }
        }
    }

    @Test("in a query they find nothing, as ids that never were")
    func queries() async throws {
        try await World.run { world in
            var found = 0
            for endpoint in try Surface.endpoints() {
                for field in endpoint.query.fields {
                    guard let collection = field.schema.collection else { continue }
                    let theirs = try await ObjectMaker(world.theirs).busy(for: collection)
                    let query = "?\(field.name)=\(theirs)"
                    let shown = try await world.theirs.owner.must(
                        .get, path(of: endpoint, world.theirs) + query)
                    #expect(shown["items"].items.count > 0, "\(endpoint.route) \(field.name)")
                    let answer = try await world.ours.owner.send(.get, path(of: endpoint, world.ours) + query)
                    #expect(answer.status == 200, "\(endpoint.route) \(field.name): \(answer.text)")
                    #expect(answer["items"] == [], "\(endpoint.route) \(field.name)")
                    found += 1
                }
            }
            #expect(found >= 4)
        }
    }

    private func send(_ body: JSONValue, to endpoint: Endpoint, _ world: World) async throws
        -> TestClient.Answer
    {
        try await world.ours.owner.send(
            endpoint.route.method.request, path(of: endpoint, world.ours), body)
    }

    /// With the company's own objects in it.
    private func path(of endpoint: Endpoint, _ company: Company) async throws -> String {
        endpoint.route.placeholders.isEmpty
            ? endpoint.route.path : try await endpoint.path(of: ObjectMaker(company))
    }
}
