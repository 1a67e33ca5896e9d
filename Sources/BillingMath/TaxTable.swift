import Kernel

/// The exact tax of each component of each line of an invoice, and how it becomes minor units.
struct TaxTable {
    typealias Group = InvoiceTotals.Group

    let scale: Int128
    /// Of each line, the exact taxes of its components, times `scale`.
    private var exact: [[Int128]] = []
    private(set) var places: [[Int]] = []
    private var groups: [Group] = []
    /// Of each group: sums may pass through what does not fit into 64 bits.
    private var nets: [Int128] = []
    /// Of equals, the first line's sign tells from which side remainders are seen: an invoice and its
    /// reversal are shared out alike.
    private let sign: Int128

    /// Throws `MoneyError.overflow` when an exact sum does not fit into 128 bits.
    init(_ lines: [TaxedAmount]) throws(MoneyError) {
        scale = lines.contains(where: \.tax.isCompound) ? LineTax.compoundScale : LineTax.simpleScale
        sign = (lines.first { $0.netMinor != 0 }?.netMinor ?? 0) < 0 ? -1 : 1
        exact.reserveCapacity(lines.count)
        places.reserveCapacity(lines.count)
        for line in lines { try add(line) }
    }

    private mutating func add(_ line: TaxedAmount) throws(MoneyError) {
        if let last = places.last, let first = last.first, groups[first].isOnly(of: line.tax, scale) {
            // Nearly every invoice has one tax on all of its lines.
            try add(line, groups[first].weight, to: first)
            places.append(last.count == 1 ? last : [first])
            return
        }
        let factor = scale / line.tax.scale
        var found: [Int] = []
        var taxes: [Int128] = []
        for (place, component) in line.tax.components.enumerated() {
            let weight = line.tax.weights[place] * factor
            let group = self.group(line.tax, component, weight)
            taxes.append(try taxing(line.netMinor, weight, in: group))
            found.append(group)
        }
        if found.isEmpty {
            let group = self.group(line.tax, nil, 0)
            _ = try taxing(line.netMinor, 0, in: group)
            found.append(group)
        }
        exact.append(taxes)
        places.append(found)
    }

    private mutating func add(
        _ line: TaxedAmount, _ weight: Int128, to group: Int
    ) throws(MoneyError) {
        let tax = try taxing(line.netMinor, weight, in: group)
        exact.append(groups[group].component == nil ? [] : [tax])
    }

    private mutating func group(_ tax: LineTax, _ component: TaxComponent?, _ weight: Int128) -> Int {
        if let known = groups.firstIndex(where: {
            $0.category == tax.category && $0.weight == weight && $0.component == component
                && (component != nil || $0.reason == tax.reason)
        }) {
            return known
        }
        groups.append(
            Group(
                category: tax.category, component: component, reason: tax.reason, netMinor: 0, taxMinor: 0,
                exact: 0, weight: weight))
        nets.append(0)
        return groups.count - 1
    }

    private mutating func taxing(
        _ netMinor: Int64, _ weight: Int128, in group: Int
    ) throws(MoneyError) -> Int128 {
        let tax = Int128(netMinor) * weight
        let (sum, overflow) = groups[group].exact.addingReportingOverflow(tax)
        if overflow { throw .overflow }
        groups[group].exact = sum
        nets[group] += Int128(netMinor)
        return tax
    }
}

extension TaxTable {
    /// The groups with their taxes, and the tax of each component of each line.
    func rounded(_ rounding: TaxRounding) throws(MoneyError) -> (groups: [Group], cells: [[Int64]]) {
        var groups = groups
        var cells: [[Int64]] = []
        switch rounding {
        case .line:
            for line in exact { cells.append(try shared(try total(of: line), among: line)) }
        case .rate:
            cells = try self.cells(of: groups.map { rounded($0.exact) })
        case .invoice:
            let parts = groups.map(\.exact)
            cells = try self.cells(of: try shared(try total(of: parts), among: parts).map { Int128($0) })
        }
        var taxes = groups.map { _ in Int128(0) }
        for (line, parts) in zip(places, cells) {
            for (group, part) in zip(line, parts) { taxes[group] += Int128(part) }
        }
        for group in groups.indices {
            groups[group].netMinor = try InvoiceTotals.narrow(nets[group])
            groups[group].taxMinor = try InvoiceTotals.narrow(taxes[group])
        }
        return (groups, cells)
    }

    /// Shares the tax of each group out to the lines that bear it.
    private func cells(of taxes: [Int128]) throws(MoneyError) -> [[Int64]] {
        var cells = exact.map { [Int64](repeating: 0, count: $0.count) }
        for (group, tax) in taxes.enumerated() where groups[group].component != nil {
            var bearers: [(line: Int, component: Int)] = []
            for (line, found) in places.enumerated() {
                if let component = found.firstIndex(of: group) { bearers.append((line, component)) }
            }
            let parts = try shared(tax, among: bearers.map { exact[$0.line][$0.component] })
            for (bearer, part) in zip(bearers, parts) { cells[bearer.line][bearer.component] = part }
        }
        return cells
    }

    private func total(of exacts: [Int128]) throws(MoneyError) -> Int128 {
        var sum: Int128 = 0
        for exact in exacts {
            let (next, overflow) = sum.addingReportingOverflow(exact)
            if overflow { throw .overflow }
            sum = next
        }
        return rounded(sum)
    }

    private func rounded(_ exact: Int128) -> Int128 {
        Rounding.halfUp.divide(exact, by: scale)
    }

    /// Largest remainder: everyone gets its exact tax rounded down, and the minor units still missing to
    /// `total` go to those that lost most; of equals, to the earlier.
    private func shared(_ total: Int128, among exacts: [Int128]) throws(MoneyError) -> [Int64] {
        if exacts.count == 1 { return [try InvoiceTotals.narrow(total)] }
        var parts: [Int128] = []
        var remainders: [(place: Int, size: Int128)] = []
        var missing = sign * total
        for (place, exact) in exacts.enumerated() {
            let seen = sign * exact
            let part = Rounding.down.divide(seen, by: scale)
            parts.append(part)
            remainders.append((place, seen - part * scale))
            missing -= part
        }
        if missing > 0 {
            // Never more than there are remainders above zero: each is below one whole.
            remainders.sort { $0.size != $1.size ? $0.size > $1.size : $0.place < $1.place }
            for place in 0..<Int(missing) { parts[remainders[place].place] += 1 }
        }
        var amounts: [Int64] = []
        amounts.reserveCapacity(parts.count)
        for part in parts { amounts.append(try InvoiceTotals.narrow(sign * part)) }
        return amounts
    }
}

extension InvoiceTotals.Group {
    /// Whether a line that is taxed like this bears this group and no other.
    fileprivate func isOnly(of tax: LineTax, _ scale: Int128) -> Bool {
        switch tax.components.count {
        case 0: component == nil && reason == tax.reason && category == tax.category
        case 1:
            component == tax.components[0] && category == tax.category
                && weight == tax.weights[0] * (scale / tax.scale)
        default: false
        }
    }
}
