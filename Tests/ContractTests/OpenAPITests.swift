import Foundation
import Kernel
import MPanelServer
import TestKit
import Testing
import Web

/// The description that clients are generated from.
@Suite("The API's description")
struct OpenAPITests {
    @Test("openapi/mpanel.json is what the code says; `make openapi` writes it anew")
    func checkedIn() throws {
        let file = try Data(contentsOf: TidyTree.root.appending(path: "openapi/mpanel.json"))
        let described = try Installation.describe()
        #expect(file == described, "run `make openapi` and look at what changed")
    }

    @Test("every endpoint stands in it, under its path, method and name")
    func complete() throws {
        let document = try JSONDecoder().decode(JSONValue.self, from: Installation.describe())
        #expect(document["openapi"].text?.hasPrefix("3.1.") == true)
        var described: [String: String] = [:]
        for (path, operations) in document["paths"].fields {
            for (method, operation) in operations.fields {
                described["\(method.uppercased()) \(path)"] = operation["operationId"].text
            }
        }
        let installed = try Surface.endpoints()
        #expect(installed.count > 30)
        let names = Dictionary(uniqueKeysWithValues: installed.map { ($0.route.description, $0.about.name) })
        #expect(described == names)
    }

    @Test("every reference in it leads to a schema, an answer, a header or a parameter")
    func references() throws {
        let document = try JSONDecoder().decode(JSONValue.self, from: Installation.describe())
        let parts = Set(
            ["schemas", "responses", "headers", "parameters"].flatMap { kind in
                document["components"][kind].fields.keys.map { "#/components/\(kind)/\($0)" }
            })
        let references = references(in: document)
        #expect(!references.isEmpty)
        #expect(references.subtracting(parts).isEmpty)
        #expect(parts.subtracting(references).isEmpty, "parts that nothing refers to")
    }

    private func references(in value: JSONValue) -> Set<String> {
        switch value {
        case .array(let items): items.reduce(into: []) { $0.formUnion(references(in: $1)) }
        case .object(let fields):
            fields.reduce(into: Set(fields["$ref"]?.text.map { [$0] } ?? [])) {
                $0.formUnion(references(in: $1.value))
            }
        default: []
        }
    }
}
