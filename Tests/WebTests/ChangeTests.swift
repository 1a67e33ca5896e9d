import Foundation
import HTTPTypes
import Kernel
import Testing
import Web

@Suite("Changes")
struct ChangeTests {
    private static let path = "/v1/toys/\(Toy.id)"

    @Test("a command says who, what, which object, under which key and condition")
    func command() async throws {
        let shelf = ToyShelf()
        let headers: HTTPFields = [
            .authorization: "Bearer owner", .ifMatch: "*", .init("Idempotency-Key")!: "k",
            .init("X-Request-ID")!: "req-1",
        ]
        let answer = try await Exchange.send(
            .patch, ChangeTests.path, body: #"{"note": "new"}"#, headers: headers,
            api: Toy.api(shelf: shelf))
        #expect(answer.status == 412, "what has no version is in none that * could ask for")
        let done = try await Exchange.send(
            .patch, ChangeTests.path, body: #"{"note": "new"}"#,
            headers: headers.without(.ifMatch), api: Toy.api(shelf: shelf))
        #expect(done.status == 200)
        let (command, outcome) = try #require(shelf.all.first)
        #expect(shelf.all.count == 1)
        #expect(command.verb == "changeToy")
        #expect(command.subject == "\(Toy.id)")
        #expect(command.requestID == "req-1")
        #expect(command.actor.role == .owner)
        #expect(command.key?.text == "k")
        #expect(command.key?.place == "PATCH \(ChangeTests.path)")
        #expect(outcome.before == ["text": "old"])
        #expect(outcome.after == ["text": "new"])
    }

    @Test("what was removed is known before and not after")
    func removed() async throws {
        let shelf = ToyShelf()
        let answer = try await Exchange.send(.delete, ChangeTests.path, api: Toy.api(shelf: shelf))
        #expect(answer.status == 204)
        #expect(answer.text.isEmpty)
        let outcome = try #require(shelf.all.first?.outcome)
        #expect(outcome.before?["name"] == "Bear")
        #expect(outcome.after == nil)
        #expect(outcome.objectID == "\(Toy.id)")
    }

    @Test("the same fields in another order are the same content, and other fields are other content")
    func content() async throws {
        let shelf = ToyShelf()
        let bodies = [
            #"{"name": "Bear", "price": {"amount": 5, "currency": "EUR"}}"#,
            #"{"price": {"currency": "EUR", "amount": 5}, "name": "Bear"}"#,
            #"{"name": "Bear", "price": {"amount": 6, "currency": "EUR"}}"#,
        ]
        for body in bodies {
            var headers = Exchange.asOwner
            headers[.init("Idempotency-Key")!] = "k"
            let answer = try await Exchange.send(
                .post, "/v1/toys", body: body, headers: headers, api: Toy.api(shelf: shelf))
            #expect(answer.status == 201, "\(answer.text)")
        }
        let contents = shelf.all.map { $0.command.key?.content }
        #expect(contents[0] == contents[1])
        #expect(contents[0] != contents[2])
    }

    @Test(
        "keys of 1 to 255 visible characters are taken",
        arguments: [
            ("k", 201), (String(repeating: "k", count: 255), 201), ("~!", 201), ("", 422), ("a b", 422),
            (String(repeating: "k", count: 256), 422), ("ü", 422),
        ])
    func keys(key: String, status: Int) async throws {
        var headers = Exchange.asOwner
        headers[.init("Idempotency-Key")!] = key
        let answer = try await Exchange.send(
            .post, "/v1/toys", body: #"{"name": "Bear", "price": {"amount": 5, "currency": "EUR"}}"#,
            headers: headers)
        #expect(answer.status == status, "\(answer.text)")
        if status == 422 { #expect(answer.pointers == ["Idempotency-Key"]) }
    }
}

extension HTTPFields {
    fileprivate func without(_ name: HTTPField.Name) -> HTTPFields {
        var fields = self
        fields[name] = nil
        return fields
    }
}
