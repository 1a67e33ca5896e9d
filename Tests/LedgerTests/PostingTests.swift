import Kernel
import Testing

@testable import Ledger

@Suite struct PostingTests {
    private let day = Day(daysSince1970: 20_000)

    private func document(net: Int64, tax: Int64) throws -> PostedDocument {
        PostedDocument(
            id: .new(), customer: .new(), netMinor: net, taxMinor: tax,
            currency: try #require(Currency("EUR")))
    }

    private func sides(_ postings: [Posting]) -> [String] {
        postings.map { "\($0.entry) \($0.debit.rawValue) \($0.credit.rawValue) \($0.amountMinor)" }
    }

    @Test(
        "issuing posts what is not zero, and swaps the sides of what is negative",
        arguments: [
            (100, 19, ["1 receivable revenue 100", "2 receivable tax_payable 19"]),
            (100, 0, ["1 receivable revenue 100"]),
            (0, 19, ["1 receivable tax_payable 19"]),
            (0, 0, []),
            (-100, -19, ["1 revenue receivable 100", "2 tax_payable receivable 19"]),
            (-100, 19, ["1 revenue receivable 100", "2 receivable tax_payable 19"]),
        ] as [(Int64, Int64, [String])])
    func issue(net: Int64, tax: Int64, expected: [String]) throws {
        #expect(sides(try Posting.issue(document(net: net, tax: tax), on: day)) == expected)
    }

    @Test("an amount without a positive twin is refused")
    func overflow() throws {
        let document = try document(net: .min, tax: 0)
        #expect(throws: MoneyError.overflow) { try Posting.issue(document, on: day) }
    }

    @Test(
        "issuing and voiding a document leave every account at zero", arguments: [(100, 19), (-7, 3), (5, 0)])
    func void(net: Int64, tax: Int64) throws {
        let document = try document(net: net, tax: tax)
        let postings = try Posting.issue(document, on: day) + Posting.void(document, on: day.adding(days: 3))
        let sums = postings.map {
            PostingSum(debit: $0.debit, credit: $0.credit, currency: $0.currency, amountMinor: $0.amountMinor)
        }
        let balances = try AccountBalance.adding(sums)
        #expect(balances.first?.account == .receivable)
        #expect(balances.allSatisfy { $0.balanceMinor == 0 && $0.debitMinor > 0 })
        #expect(
            Set(postings.map { "\($0.document) \($0.cause.rawValue) \($0.entry)" }).count == postings.count)
    }

    @Test("credits take back parts of an invoice, each with its entries behind those of the credit before")
    func credits() throws {
        let invoice = try document(net: 100, tax: 19)
        func part(_ net: Int64, _ tax: Int64) -> PostedDocument {
            PostedDocument(
                id: invoice.id, customer: invoice.customer, netMinor: net, taxMinor: tax,
                currency: invoice.currency)
        }
        let (first, second, third) = (CreditNoteID.new(), CreditNoteID.new(), CreditNoteID.new())
        let credits = try [
            Posting.credit(part(33, 6), by: first, after: 0, on: day),
            // No tax: one entry.
            Posting.credit(part(1, 0), by: second, after: 2, on: day),
            Posting.credit(part(66, 13), by: third, after: 3, on: day),
        ]
        #expect(
            credits.map(sides) == [
                ["1 revenue receivable 33", "2 tax_payable receivable 6"], ["3 revenue receivable 1"],
                ["4 revenue receivable 66", "5 tax_payable receivable 13"],
            ])
        #expect(credits.map { Set($0.map(\.creditNote)) } == [[first], [second], [third]])
        let all = try Posting.issue(invoice, on: day) + credits.joined()
        #expect(Set(all.map(\.document)) == [invoice.id])
        #expect(Set(all.map { "\($0.cause.rawValue) \($0.entry)" }).count == all.count)
        // 100 = 33 + 1 + 66, 19 = 6 + 0 + 13.
        let balances = try AccountBalance.adding(
            all.map {
                PostingSum(
                    debit: $0.debit, credit: $0.credit, currency: $0.currency, amountMinor: $0.amountMinor)
            })
        #expect(balances.map(\.balanceMinor) == [0, 0, 0])
    }

    @Test("only a credit by line names its note, and behind the last entry there is none")
    func noteOfPosting() throws {
        let document = try document(net: 1, tax: 1)
        let whole = try Posting.issue(document, on: day) + Posting.void(document, on: day)
        #expect(whole.allSatisfy { $0.creditNote == nil })
        #expect(throws: MoneyError.overflow) {
            try Posting.credit(document, by: .new(), after: .max - 1, on: day)
        }
    }

    @Test("balances are kept apart by currency, and those of one currency add up to zero")
    func balances() throws {
        let (euro, yen) = (try #require(Currency("EUR")), try #require(Currency("JPY")))
        let balances = try AccountBalance.adding([
            PostingSum(debit: .receivable, credit: .revenue, currency: yen, amountMinor: 7),
            PostingSum(debit: .receivable, credit: .revenue, currency: euro, amountMinor: 100),
            PostingSum(debit: .receivable, credit: .taxPayable, currency: euro, amountMinor: 19),
            PostingSum(debit: .revenue, credit: .receivable, currency: euro, amountMinor: 30),
        ])
        #expect(
            balances == [
                AccountBalance(account: .receivable, currency: euro, debitMinor: 119, creditMinor: 30),
                AccountBalance(account: .revenue, currency: euro, debitMinor: 30, creditMinor: 100),
                AccountBalance(account: .taxPayable, currency: euro, debitMinor: 0, creditMinor: 19),
                AccountBalance(account: .receivable, currency: yen, debitMinor: 7, creditMinor: 0),
                AccountBalance(account: .revenue, currency: yen, debitMinor: 0, creditMinor: 7),
            ])
        #expect(throws: MoneyError.overflow) {
            try AccountBalance.adding([
                PostingSum(debit: .receivable, credit: .revenue, currency: euro, amountMinor: .max),
                PostingSum(debit: .receivable, credit: .taxPayable, currency: euro, amountMinor: 1),
            ])
        }
    }

    @Test("a cursor leads back to the place it was made from, and foreign text is refused")
    func cursor() throws {
        let posting = try #require(try Posting.void(document(net: 1, tax: 0), on: day).first)
        #expect(try PostingPlace(PostingPlace(posting).text) == PostingPlace(posting))
        #expect(throws: Problem.self) { try PostingPlace("nonsense") }
        #expect(throws: Problem.self) { try PostingPlace(PostingPlace(posting).text + "0000000") }
    }
}
