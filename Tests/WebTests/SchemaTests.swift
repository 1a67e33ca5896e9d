import Foundation
import Kernel
import Testing

@testable import Web

private struct Shapes: Codable {
    struct Inner: Codable { let deep: [[Int]] }

    let text: String
    let flag: Bool
    let number: Double
    let small: Int8
    let inner: Inner
    let maybe: Inner?
    let list: [Inner]
    let table: [String: [Day]]
    let state: ToyState
    let states: Set<ToyState>?
    let patched: Patch<Inner>
}

private struct Renamed: Codable {
    let amountMinor: Int64
    enum CodingKeys: String, CodingKey { case amountMinor = "amount" }
}

private struct Narrow: Codable {
    let value: Int

    init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Int.self)
        if value < 100 {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "must be big"))
        }
    }
}

@Suite("Schemas from types")
struct SchemaTests {
    private func rendered<T: Decodable>(_ type: T.Type) throws -> (JSONValue, OpenAPIComponents) {
        var components = OpenAPIComponents()
        let reference = components.reference(to: try SchemaRecorder.schema(of: type))
        return (reference, components)
    }

    @Test("nested, optional, list, table, enum and patched fields are what they are in Swift")
    func shapes() throws {
        let (reference, components) = try rendered(Shapes.self)
        #expect(reference == ["$ref": "#/components/schemas/Shapes"])
        let inner: JSONValue = ["$ref": "#/components/schemas/ShapesInner"]
        let state: JSONValue = ["$ref": "#/components/schemas/ToyState"]
        guard case .object(let shapes) = components.schemas["Shapes"],
            case .object(let fields) = shapes["properties"]
        else { throw Problem.invalid }
        #expect(shapes["required"] == ["text", "flag", "number", "small", "inner", "list", "table", "state"])
        #expect(fields["text"] == ["type": "string"])
        #expect(fields["flag"] == ["type": "boolean"])
        #expect(fields["number"] == ["type": "number"])
        #expect(fields["small"] == ["type": "integer", "format": "int64", "minimum": -128, "maximum": 127])
        #expect(fields["inner"] == inner)
        #expect(fields["maybe"] == inner)
        #expect(fields["list"] == ["type": "array", "items": inner])
        #expect(fields["state"] == state)
        #expect(fields["states"] == ["type": "array", "items": state])
        #expect(fields["patched"] == ["anyOf": [inner, ["type": "null"]]])
        guard case .object(let table) = fields["table"],
            case .object(let days) = table["additionalProperties"],
            case .object(let day) = days["items"]
        else { throw Problem.invalid }
        #expect(day["format"] == "date")
        #expect(components.schemas["ToyState"] == ["type": "string", "enum": ["draft", "on_sale"]])
        let integers: JSONValue = ["type": "array", "items": ["type": "integer", "format": "int64"]]
        #expect(
            components.schemas["ShapesInner"] == [
                "type": "object", "properties": ["deep": ["type": "array", "items": integers]],
                "required": ["deep"],
            ])
    }

    @Test("names follow the coding keys")
    func names() throws {
        #expect(try SchemaRecorder.schema(of: Renamed.self).fields.map(\.name) == ["amount"])
        #expect(try SchemaRecorder.schema(of: NewToy.self).fields.map(\.name).contains("vat_id"))
    }

    @Test("a page is named after its items, and its cursor is always there")
    func pages() throws {
        let (reference, components) = try rendered(PageBody<ToyBody>.self)
        #expect(reference == ["$ref": "#/components/schemas/ToyBodyPage"])
        guard case .object(let page) = components.schemas["ToyBodyPage"] else { throw Problem.invalid }
        #expect(page["required"] == ["items", "next_cursor"])
    }

    @Test("every field type of the kernel has an example that decodes, and refuses another type")
    func kernelTypes() throws {
        func check<T: Codable>(_ type: T.Type) throws {
            let schema = try SchemaRecorder.schema(of: type)
            let example = try #require(schema.example, "\(T.self)")
            #expect(SchemaCheck.errors(in: example, by: schema).isEmpty, "\(T.self)")
            #expect(throws: Never.self) { try T(from: ValueDecoder(example)) }
            #expect(SchemaCheck.errors(in: [], by: schema).count == 1, "\(T.self)")
        }
        try check(ProductID.self)
        try check(Day.self)
        try check(Instant.self)
        try check(Currency.self)
        try check(Money.self)
        try check(Quantity.self)
        try check(Interval.self)
        try check(Text<3, 9>.self)
        try check(Code.self)
        try check(Slug.self)
        try check(HostName.self)
        try check(EmailAddress.self)
        try check(CountryCode.self)
        try check(LanguageTag.self)
        try check(ZoneName.self)
        try check(Cursor.self)
        try check(PageLimit.self)
    }

    @Test("a type that refuses the samples has no schema")
    func noSchema() {
        #expect(throws: DecodingError.self) { try SchemaRecorder.schema(of: Narrow.self) }
    }

    @Test(
        "names are converted exactly as the encoder does",
        arguments: [
            "name", "nextCursor", "vatID", "myURLText", "URL", "aB", "aBC", "AB", "line1", "addressLine2Text",
            "iso4217Code",
            "next_cursor", "x", "vatIDs", "_private", "trailing_", "a1B2", "unitPriceE6",
        ])
    func snakeCase(name: String) throws {
        struct OneField: Encodable {
            let name: String
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: WireKey.self)
                try container.encode(1, forKey: WireKey(name))
            }
        }
        let text = String(decoding: try WireFormat.encode(OneField(name: name)), as: UTF8.self)
        #expect(text == "{\"\(WireFormat.snakeCase(name))\":1}")
    }

    @Test("what still fails in decoding is a 422 with its place")
    func lateFailure() throws {
        struct Late: Codable { let items: [Inner] }
        struct Inner: Codable {
            let first: Int
            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                first = try container.decode(Int.self, forKey: .first)
                if first == 13 {
                    throw DecodingError.dataCorruptedError(
                        forKey: .first, in: container, debugDescription: "must not be 13")
                }
            }
        }
        let wire = WireType<Late>(.post("/v1/late"))
        #expect(throws: Problem.invalid.with(errors: [FieldError("/items/1/first", "must not be 13")])) {
            try wire.decode(["items": [["first": 1], ["first": 13]]], inQuery: false)
        }
    }
}
