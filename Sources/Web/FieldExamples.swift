/// Examples by the name of the field: a bare text type only knows that any letter would do, and "x" teaches
/// no reader what belongs there.
enum FieldExamples {
    static let texts = [
        "access_token": "eyJhbGciOiJFZERTQSIsImtpZCI6ImtleV8x…",
        "bank_account": "DE02 1203 0000 0000 2020 51",
        "city": "Berlin", "code": "web-small", "company": "nordhost", "company_name": "Acme GmbH",
        "credit_note_number": "CN-2026-000007", "description": "Web hosting, small",
        "email": "mira@example.com",
        "invoice_number": "NH-2026-000123", "kind": "billing_run", "language": "de", "locale": "de-DE",
        "name": "Web Small",
        "notes": "Prefers to be called in the morning.", "number": "NH-2026-000123",
        "password": "correct horse battery staple", "phone": "+49 30 901820", "postal_code": "10115",
        "prefix": "NH-", "reason": "Ordered by mistake", "reference": "C-1042", "region": "Berlin",
        "slug": "nordhost", "status": "ok", "street": "Torstraße 1", "tax_id": "DE123456789",
        "tax_number": "29/815/08154", "vat_id": "DE123456789",
    ]
}

extension JSONSchema {
    /// The same with the example that fits the field's name, where its rule takes that.
    func spoken(of name: String) -> JSONSchema {
        guard case .string = shape, let text = FieldExamples.texts[name],
            length?.contains(text.unicodeScalars.count) != false, check?(.string(text)) == nil
        else { return self }
        var copy = self
        copy.example = .string(text)
        return copy
    }
}
