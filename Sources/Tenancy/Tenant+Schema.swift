import BillingMath
package import Web

extension NumberFormat: HasSchema {
    package static var schema: JSONSchema {
        .text(rule, example: "NH-{year}-{number:6}", parse: { NumberFormat($0) != nil })
    }
}

extension BrandColor: HasSchema {
    package static var schema: JSONSchema {
        .text(rule, example: "#1a2b3c", pattern: pattern, parse: { BrandColor($0) != nil })
    }
}
