import Kernel
import TestKit
import Web

extension Endpoint {
    /// The places in the body where an id stands.
    var references: [JSONSchema.Place] { places.filter { $0.schema.collection != nil } }

    /// A body with every field, in which each id names an object of the maker's company; `{}` where the
    /// endpoint takes none.
    func validBody(_ maker: ObjectMaker) async throws -> JSONValue {
        var valid = body?.sample(full: true) ?? [:]
        for place in places {
            if let collection = place.schema.collection {
                let id = try await maker.make(for: collection)
                valid = valid.replacing(place.pointer[...], by: .string(id))
            } else if place.schema.pattern == Code.pattern {
                // What must be unique, and is not what a test is about.
                valid = valid.replacing(place.pointer[...], by: .string("ref-\(EventID.new())"))
            } else if place.schema.format == "email" {
                valid = valid.replacing(place.pointer[...], by: .string("\(EventID.new())@made.example"))
            } else if place.schema.name == Interval.schema.name {
                // The maker's product has a price for a month already.
                valid = valid.replacing(place.pointer[...], by: ["unit": "day", "count": 1])
            } else if place.pointer == "/name" {
                valid = valid.replacing(place.pointer[...], by: .string("Name \(EventID.new())"))
            }
        }
        // What a preview came to, and there was none; and another way to say what a price asks.
        for place in places
        where ["commitment", "pricing"].contains(place.pointer.split(separator: "/").last) {
            valid = valid.replacing(place.pointer[...], by: nil)
        }
        // A price is for a group or for a customer.
        if ["addPrice", "createProduct"].contains(about.name) {
            for pointer in places.map(\.pointer) where pointer.hasSuffix("/customer_id") {
                valid = valid.replacing(pointer[...], by: nil)
            }
        }
        // A discount is a percentage or an amount.
        if ["grantDiscount", "createCoupon"].contains(about.name) {
            valid = valid.replacing("/amount", by: nil)
        }
        valid = try await validInvoicing(valid, maker)
        // No coupon has the code.
        for pointer in places.map(\.pointer) where pointer.hasPrefix("/coupon_code") {
            valid = valid.replacing(
                pointer.hasPrefix("/coupon_codes") ? "/coupon_codes" : pointer[...], by: nil)
        }
        // An item that is added names none that is there.
        if ["changeSubscription", "previewChange"].contains(about.name) {
            let price = try await maker.make(for: "prices")
            valid = valid.replacing("/items", by: [["price_id": .string(price), "quantity": "2"]])
        }
        // Users of this role alone belong to a customer.
        if about.name == "createUser" { valid = valid.replacing("/role", by: "customer") }
        if about.name == "changePassword" {
            valid = valid.replacing("/current_password", by: .string(TestSignIn.password))
        }
        return valid
    }

    /// The same for what invoicing takes.
    private func validInvoicing(_ body: JSONValue, _ maker: ObjectMaker) async throws -> JSONValue {
        var valid = body
        // The day behind a line's period.
        for pointer in places.map(\.pointer) where pointer.hasSuffix("/period_end") {
            valid = valid.replacing(pointer[...], by: "2027-12-31")
        }
        // Drafts of one customer become one.
        if about.name == "mergeInvoices" {
            let customer = try await maker.customer()
            let drafts = [
                try await maker.draft(of: customer)["id"], try await maker.draft(of: customer)["id"],
            ]
            valid = valid.replacing("/invoice_ids", by: .array(drafts))
        }
        // A batch names its invoices, and only a void has a reason.
        if about.name == "startInvoiceBatch" {
            for field in ["/customer_id", "/service_until", "/reason"] {
                valid = valid.replacing(field[...], by: nil)
            }
        }
        // A credit note takes back the whole, lines or an amount.
        if ["issueCreditNote", "previewCreditNote"].contains(about.name) {
            for field in ["/lines", "/amount", "/basis"] { valid = valid.replacing(field[...], by: nil) }
        }
        return valid
    }
}

extension JSONSchema {
    /// Where the objects live that an id of this schema names; nil for anything but an id.
    var collection: Substring? {
        let collections: [Substring: Substring] = [
            "cus": "customers", "grp": "customer-groups", "fam": "product-families", "inv": "invoices",
            "pri": "prices",
            "prd": "products",
            "sit": "subscription-items", "sub": "subscriptions", "usr": "users",
        ]
        guard let prefix = pattern?.firstMatch(of: /^\^([a-z]{3})_\[0-7\]/)?.1 else { return nil }
        return collections[prefix] ?? "of \(prefix)_"
    }
}
