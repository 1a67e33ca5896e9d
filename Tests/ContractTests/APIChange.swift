import Foundation
import Kernel
import TestKit
import Testing
import Web

/// One difference between two small documents.
struct APIChange: Sendable, CustomTestStringConvertible {
    /// What stands once in the small document, and what takes its place.
    let old: String
    let new: String
    /// What is said of it; nothing when it is an addition.
    let sentence: String

    var testDescription: String { "\(old) -> \(new)" }

    init(_ old: String, _ new: String, _ sentence: String = "") {
        self.old = old
        self.new = new
        self.sentence = sentence
    }

    /// What breaks when the small document changes so.
    func found(after other: APIChange? = nil, on day: String = "2026-12-01") throws -> [String] {
        let released = try other?.text(APIChange.document) ?? APIChange.document
        return BreakingChanges.from(
            try APIChange.parse(released), to: try APIChange.parse(try text(released)),
            on: try #require(Day(day)))
    }

    private func text(_ document: String) throws -> String {
        try #require(document.ranges(of: old).count == 1, "\(old) does not stand there once")
        return document.replacing(old, with: new)
    }

    private static func parse(_ text: String) throws -> JSONValue {
        try JSONValue(parsing: Data(text.utf8))
    }

    static let document = """
        {"paths": {
          "/toys": {
            "get": {"operationId": "listToys", "security": [],
              "parameters": [
                {"in": "query", "name": "limit", "required": false,
                  "schema": {"type": "integer", "minimum": 1, "maximum": 50}},
                {"in": "query", "name": "state", "required": false,
                  "schema": {"$ref": "#/components/schemas/State"}}],
              "responses": {
                "200": {"content": {"application/json": {"schema": {
                  "type": "array", "items": {"$ref": "#/components/schemas/Toy"}}}}},
                "503": {}}},
            "post": {"operationId": "createToy",
              "requestBody": {"required": true, "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/NewToy"}}}},
              "responses": {"201": {"content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/Toy"}}}}}}},
          "/toys/{id}": {
            "delete": {"operationId": "deleteToy",
              "responses": {"204": {}}}}},
         "components": {"schemas": {
           "State": {"type": "string", "enum": ["new", "sold"]},
           "Toy": {"type": "object", "properties": {
             "id": {"type": "string", "format": "uuid"}, "made": {"type": ["string", "null"]},
             "price": {"anyOf": [{"$ref": "#/components/schemas/Money"}, {"type": "null"}]},
             "next": {"$ref": "#/components/schemas/Toy"}}, "required": ["id", "made"]},
           "Money": {"type": "object", "properties": {"amount": {"type": "integer"}}, "required": ["amount"]},
           "NewToy": {"type": "object", "properties": {
             "name": {"type": "string", "minLength": 2, "maxLength": 9, "pattern": "^[a-z]+$"},
             "note": {"type": ["string", "null"], "maxLength": 99},
             "kind": {"type": "string"},
             "labels": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 5}},
             "parts": {"type": "array", "items": {
               "type": "object", "properties": {"size": {"type": "integer"}}}}},
             "required": ["name"]}}}}
        """

    static let breaks = [
        APIChange(#""/toys/{id}": {"#, #""/toys/{toy}": {"#, "DELETE /toys/{id} is gone"),
        APIChange(#""delete": {"#, #""put": {"#, "DELETE /toys/{id} is gone"),
        APIChange("deleteToy", "removeToy", "DELETE /toys/{id} has another operationId"),
        APIChange(#""security": []"#, #""security": [{"bearer": []}]"#, "GET /toys asks for a token"),
        APIChange(#"{"204": {}}"#, #"{"202": {}}"#, "DELETE /toys/{id} does not answer 204"),
        APIChange(
            #""200": {"content": {"application/json""#, #""200": {"content": {"text/plain""#,
            "GET /toys does not answer application/json"),
        APIChange(#""name": "limit""#, #""name": "count""#, "GET /toys does not take query limit"),
        APIChange(
            #""name": "limit", "required": false"#, #""name": "limit", "required": true"#,
            "GET /toys requires query limit"),
        APIChange(
            #""parameters": ["#,
            #""parameters": [{"in": "query", "name": "x", "required": true, "schema": {}}, "#,
            "GET /toys requires query x"),
        APIChange(#""minimum": 1"#, #""minimum": 2"#, "GET /toys query limit has minimum 2"),
        APIChange(#""maximum": 50"#, #""maximum": 49"#, "GET /toys query limit has maximum 49"),
        APIChange(
            #""operationId": "deleteToy","#,
            #""operationId": "deleteToy", "requestBody": {"required": true},"#,
            "DELETE /toys/{id} requires a body"),
        APIChange(#""requestBody": {"#, #""x-body": {"#, "POST /toys takes no body"),
        APIChange(
            #""required": ["name"]"#, #""required": ["kind", "name"]"#, "POST /toys body/kind is required"),
        APIChange(#""kind": {"type": "string"},"#, "", "POST /toys body/kind is gone"),
        APIChange(
            #""kind": {"type": "string"}"#, #""kind": {"type": "integer"}"#,
            "POST /toys body/kind was string and is integer"),
        APIChange(
            #""kind": {"type": "string"}"#, #""kind": {"type": "string", "enum": ["a"]}"#,
            "POST /toys body/kind is one of a list"),
        APIChange(
            #""kind": {"type": "string"}"#, #""kind": {"type": "string", "format": "date"}"#,
            "POST /toys body/kind has another format"),
        APIChange(
            #""kind": {"type": "string"}"#, #""kind": {"type": "string", "maxLength": 3}"#,
            "POST /toys body/kind has maxLength 3"),
        APIChange(#""minLength": 2"#, #""minLength": 3"#, "POST /toys body/name has minLength 3"),
        APIChange(#""maxLength": 9,"#, #""maxLength": 8,"#, "POST /toys body/name has maxLength 8"),
        APIChange("^[a-z]+$", "^[a-z]$", "POST /toys body/name has another pattern"),
        APIChange(
            #""note": {"type": ["string", "null"]"#, #""note": {"type": "string""#,
            "POST /toys body/note must not be null"),
        APIChange(#""maxLength": 5"#, #""maxLength": 4"#, "POST /toys body/labels/* has maxLength 4"),
        APIChange(
            #""size": {"type": "integer"}"#, #""size": {"type": "number"}"#,
            "POST /toys body/parts/*/size was integer and is number"),
        APIChange(#""size": {"type": "integer"}"#, "", "POST /toys body/parts/*/size is gone"),
        APIChange(
            #""id": {"type": "string", "format": "uuid"}"#, #""id": {"type": "string"}"#,
            "GET /toys 200/*/id has another format"),
        APIChange(
            #""id": {"type": "string", "format": "uuid"}"#,
            #""id": {"type": ["string", "null"], "format": "uuid"}"#, "GET /toys 200/*/id may be null"),
        APIChange(#""id": {"type": "string", "format": "uuid"}, "#, "", "GET /toys 200/*/id is gone"),
        APIChange(
            #""required": ["id", "made"]"#, #""required": ["id"]"#, "GET /toys 200/*/made may be missing"),
        APIChange(
            #""amount": {"type": "integer"}"#, #""amount": {"type": "string"}"#,
            "GET /toys 200/*/price/amount was integer and is string"),
        APIChange(#"["new", "sold"]"#, #"["new"]"#, "GET /toys query state is never sold"),
        APIChange(
            #""made": {"type": ["string", "null"]}"#,
            #""made": {"type": ["string", "null"], "format": "date"}"#,
            "GET /toys 200/*/made has another format"),
    ]

    static let additions = [
        APIChange(#""/toys": {"#, #""/games": {"get": {"operationId": "listGames"}}, "/toys": {"#),
        APIChange(#""delete": {"#, #""put": {"operationId": "putToy"}, "delete": {"#),
        APIChange(
            #""parameters": ["#,
            #""parameters": [{"in": "query", "name": "x", "required": false, "schema": {}}, "#),
        APIChange(
            #""operationId": "deleteToy","#,
            #""operationId": "deleteToy", "requestBody": {"required": false},"#),
        APIChange(#""503": {}"#, #""429": {}"#),
        APIChange(#""minimum": 1"#, #""minimum": 0"#),
        APIChange(#""maximum": 50"#, #""maximum": 500"#),
        APIChange(#""maximum": 50"#, #""description": "any number""#),
        APIChange(#"["new", "sold"]"#, #"["new", "lost", "sold"]"#),
        APIChange(#""required": ["name"]"#, #""required": []"#),
        APIChange(
            #""kind": {"type": "string"}"#, #""kind": {"type": "string"}, "size": {"type": "integer"}"#),
        APIChange(#""kind": {"type": "string"}"#, #""kind": {"type": ["string", "null"]}"#),
        APIChange(
            #""minLength": 2, "maxLength": 9, "pattern": "^[a-z]+$""#, #""minLength": 1, "maxLength": 10"#),
        APIChange(#""made": {"type": ["string", "null"]}"#, #""made": {"type": "string"}"#),
        APIChange(
            #""id": {"type": "string", "format": "uuid"}"#,
            #""id": {"type": "string", "format": "uuid", "maxLength": 9}"#),
        APIChange(#""properties": {"amount""#, #""properties": {"currency": {"type": "string"}, "amount""#),
        APIChange(#""required": ["id", "made"]"#, #""required": ["id", "made", "next"]"#),
    ]
}
