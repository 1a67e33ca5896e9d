import BillingMath
import Foundation
import Invoicing
import Kernel
import Postgres
import Tenancy

/// What a move of a subscription costs: what is given back of what was billed, and what is billed at once. It
/// is computed from the history that the move has made and from nothing else.
struct Settlement: Sendable {
    /// With every schedule where it stands once this is billed.
    private(set) var history: SubscriptionHistory
    private(set) var credits: [TermCredit]
    /// A note for each invoice of which something is given back.
    private(set) var notes: [CreditToIssue] = []
    /// Oldest first.
    private(set) var bills: [SettledBill] = []

    /// `billsUntilNow`: what is due until today is billed although the subscription no longer is. What is due
    /// in arrears is whenever the move ends what runs.
    ///
    /// Throws `unbillable` when an item cannot be billed: nothing of the move is made then.
    init(
        _ history: SubscriptionHistory, for reason: String, billsUntilNow: Bool, _ basis: BillingBasis
    ) throws {
        self.history = history
        credits = try history.credits(in: basis.calendar.settings.timeZone.zone)
        giveBack(for: reason)
        let window = basis.window.throughDay(by: history.policies)
        let billsAll = billsUntilNow || history.subscription.isBillable
        let ahead = max(window, history.billsThrough ?? window)
        let (ends, ended) = (history.endsOn != nil, max(window, history.endsOn ?? window))
        try bill(basis) { span in
            if span.inArrears { return billsAll || ends ? ended : nil }
            return billsAll ? ahead : nil
        }
    }

    /// What the next invoices of the subscription will be, all of one day, when nothing else changes.
    func next(_ basis: BillingBasis) throws -> [SettledBill] {
        let subscription = history.subscription
        guard subscription.isBillable || [.pending, .trial].contains(subscription.state) else { return [] }
        let days = history.items.flatMap(\.schedules).compactMap(\.schedule.nextDueOn)
        guard let day = days.min() else { return [] }
        var next = self
        next.bills = []
        try next.bill(basis) { _ in day }
        return next.bills
    }

    private mutating func giveBack(for reason: String) {
        let charged = credits.indices.filter { credits[$0].credit.amountMinor > 0 }
        let byInvoice = Dictionary(grouping: charged) { credits[$0].line.invoice }
        for (invoice, places) in byInvoice.sorted(by: { $0.key < $1.key }) {
            let id = CreditNoteID.new()
            let lines = places.map { LineCredit(credits[$0]) }
            for (line, place) in places.enumerated() { credits[place].place = (id, line + 1) }
            notes.append(CreditToIssue(id: id, invoice: invoice, reason: reason, lines: lines))
        }
    }

    /// Bills what is due through the day that is told for each schedule, or nothing of it.
    private mutating func bill(_ basis: BillingBasis, through day: (ScheduleSpan) -> Day?) throws {
        try history.followPrices(through: day)
        let rows = history.rows(through: day)
        if rows.isEmpty { return }
        var account = CustomerBill(DueClaim(customer: history.customer, rows: rows), basis)
        repeat {
            let plan = account.plan()
            if let failure = account.failures.first {
                throw SubscriptionsProblem.unbillable.with(
                    detail: "Item \(failure.item) cannot be billed. \(failure.detail)")
            }
            for invoice in plan.invoices {
                let document = account.document(for: invoice, id: .new())
                bills.append(SettledBill(invoice: invoice, document: document, rows: account.rows))
            }
            account.advance(by: plan)
        } while account.isUnfinished
        for (row, standing) in account.moved { history.move(row, to: standing) }
    }
}

/// An invoice that a settlement makes.
struct SettledBill: Sendable {
    let invoice: PlannedInvoice
    let document: InvoiceToIssue
    /// What its lines count in.
    let rows: [DueRow]
}

/// Days of a billed term that are given back.
struct TermCredit: Sendable {
    let item: SubscriptionItemID
    let line: BilledLine
    let credit: BillingRepair.Credit
    let explanation: JSONText
    /// The line of a credit note that gives it back; nil when nothing had been charged for the days.
    var place: (note: CreditNoteID, line: Int)?
}

extension LineCredit {
    fileprivate init(_ made: TermCredit) {
        self.init(
            line: made.line.line, netMinor: made.credit.amountMinor,
            description: "Unused time: \(made.line.description)",
            period: made.credit.span, explanation: made.explanation)
    }
}

extension SubscriptionHistory {
    /// What is billed and lies behind the end of its schedule.
    fileprivate func credits(in zone: TimeZone) throws -> [TermCredit] {
        var credits: [TermCredit] = []
        for item in items {
            for sold in item.schedules where sold.schedule.span.endsOn != nil {
                let lines = item.billed.filter { $0.schedule == sold.schedule.number }
                credits += try self.credits(of: lines, sold, item.id, in: zone)
            }
        }
        return credits
    }

    private func credits(
        of lines: [BilledLine], _ sold: SoldSchedule, _ item: SubscriptionItemID, in zone: TimeZone
    ) throws -> [TermCredit] {
        guard !lines.isEmpty else { return [] }
        let discounts = self.discounts(of: item, selling: sold.offer)
        let rates = try lines.map { try sold.rate(of: $0, less: discounts) }
        // A cancellation gives nothing back but by ending schedules: it only stops terms that are not billed.
        let sale = ScheduleSpan(
            sold.schedule.terms, from: sold.schedule.span.startsOn, to: sold.schedule.span.endsOn)
        let wanted = zip(lines, rates).compactMap { line, rate in
            sale.term(line.term)?.term.days.map { BillingRepair.Wanted($0, at: rate) }
        }
        let billed = zip(lines, rates).map { line, rate in
            var billed = BillingRepair.Billed(line.span, at: rate, amountMinor: line.netMinor)
            billed.credits = line.credits
            return billed
        }
        let repair: BillingRepair
        do {
            repair = try BillingRepair(of: wanted, against: billed, by: proration, in: zone)
        } catch {
            throw SubscriptionsProblem.unbillable.with(detail: "Item \(item) is billed twice, or too large.")
        }
        let applied = [
            policies.applied(Policies.prorationUnit), policies.applied(Policies.changeDay),
            policies.applied(Policies.prorationRounding),
        ]
        return repair.repairs.map { made in
            let explanation = CreditExplanation(
                made.credit, at: rates[made.billed], in: sold.offer.unit.currency, by: proration, zone,
                naming: applied)
            return TermCredit(
                item: item, line: lines[made.billed], credit: made.credit,
                explanation: JSONText(explanation.json))
        }
    }

    /// The schedules with a term that is due through the day that is told for each, as a billing run reads
    /// them.
    fileprivate func rows(through day: (ScheduleSpan) -> Day?) -> [DueRow] {
        items.filter { !$0.isQuarantined }.flatMap { item in
            item.schedules.filter { !isPaused($0.schedule) }.compactMap { sold in
                day(sold.schedule.span).map { row(of: item, sold, through: $0) }
            }.filter(\.item.isDue)
        }
    }

    /// Whether a plan keeps it for the end of a pause.
    private func isPaused(_ schedule: ItemSchedule) -> Bool {
        guard subscription.suspensionReason == .paused, let day = subscription.suspendedOn else {
            return false
        }
        return schedule.span.startsOn >= day
    }

    private func row(of item: ItemHistory, _ sold: SoldSchedule, through day: Day) -> DueRow {
        DueRow(
            customer: customer, itemID: item.id, scheduleNumber: Int32(sold.schedule.number),
            subscription: subscription.id, reference: subscription.reference?.text,
            productName: sold.offer.productName, price: sold.offer.price, policies: policies,
            item: DueItem(
                span: sold.schedule.span, nextTerm: sold.schedule.nextTerm, billedAhead: sold.billedAhead,
                quantity: sold.schedule.quantity, price: sold.offer.unit,
                setUpTerm: sold.schedule.chargesSetUp ? sold.schedule.firstTerm : nil,
                proration: proration, discounts: discounts(of: item.id, selling: sold.offer),
                throughDay: day, isPaidOnce: sold.schedule.isPaidOnce, taxClass: sold.offer.taxClass))
    }

    fileprivate mutating func move(_ row: DueRow, to standing: DueItem) {
        guard let item = items.firstIndex(where: { $0.id == row.itemID }),
            let place = items[item].schedules.firstIndex(where: {
                $0.schedule.number == Int(row.scheduleNumber)
            })
        else { return }
        items[item].schedules[place].schedule.nextTerm = standing.nextTerm
        items[item].schedules[place].billedAhead = standing.billedAhead
    }
}

extension SoldSchedule {
    /// At what a line billed the days of its term.
    fileprivate func rate(
        of line: BilledLine, less discounts: [HeldDiscount]
    ) throws -> BillingRepair.Rate {
        guard let term = schedule.terms.term(line.term), let whole = term.days else {
            throw BillingFault.unreadableSchedule
        }
        let charge = try Charge.recurring(offer.unit, schedule.quantity, less: discounts, in: term)
        return BillingRepair.Rate(name: offer.price.description, priceMinor: charge.amountMinor, whole: whole)
    }
}
