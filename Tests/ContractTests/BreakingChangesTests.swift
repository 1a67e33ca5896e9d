import Foundation
import Kernel
import MPanelServer
import TestKit
import Testing
import Web

/// Within /v1 there are only additions.
@Suite("The released API")
struct BreakingChangesTests {
    @Test("is kept by the current one; CONTRIBUTING.md says how a removal is announced")
    func kept() throws {
        let file = TidyTree.root.appending(path: "openapi/released.json")
        let released = try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: file))
        let current = try JSONDecoder().decode(JSONValue.self, from: Installation.describe())
        let today = Day(daysSince1970: Int32(Instant.now().unixSeconds / 86_400))
        #expect(released["paths"].fields.count > 40)
        #expect(BreakingChanges.from(released, to: current, on: today) == [])
    }

    @Test("is broken by this", arguments: APIChange.breaks)
    func breaks(change: APIChange) throws {
        #expect(try change.found() == [change.sentence])
    }

    @Test("is kept by this", arguments: APIChange.additions)
    func additions(change: APIChange) throws {
        #expect(try change.found() == [])
        // A change that changes nothing would show nothing.
        #expect(change.old != change.new)
    }

    @Test("may lose an operation on the day that its deprecation named, and not before")
    func sunset() throws {
        let announced = APIChange(
            #""operationId": "deleteToy","#,
            #""operationId": "deleteToy", "deprecated": true, "x-sunset": "2027-01-31","#)
        let removal = APIChange(#""delete": {"#, #""put": {"#)
        #expect(try removal.found(after: announced, on: "2027-01-30") == ["DELETE /toys/{id} is gone"])
        #expect(try removal.found(after: announced, on: "2027-01-31") == [])
        #expect(try removal.found(on: "2027-01-31") == ["DELETE /toys/{id} is gone"])
    }
}
