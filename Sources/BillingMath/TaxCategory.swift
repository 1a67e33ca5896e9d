/// Why tax is charged or not, as EN 16931-1 knows it: its subset of UNTDID 5305 for BT-95, BT-118 and BT-151.
/// The raw values stand in the database, in the API and in e-invoices.
package enum TaxCategory: String, Codable, Sendable, CaseIterable {
    /// At a rate above zero.
    case standard = "S"
    /// Taxed, at a rate of zero.
    case zeroRated = "Z"
    case exempt = "E"
    /// The customer accounts for the tax.
    case reverseCharge = "AE"
    /// Goods that go to a business in another member state of the EU.
    case intraCommunity = "K"
    /// What leaves the territory of the tax.
    case export = "G"
    /// Not subject to the tax at all.
    case outsideScope = "O"

    /// The code of the European list VATEX that says why nothing is charged; nil where there is none, or only
    /// one for each legal ground.
    package var exemptionCode: String? {
        switch self {
        case .standard, .zeroRated, .exempt: nil
        case .reverseCharge: "VATEX-EU-AE"
        case .intraCommunity: "VATEX-EU-IC"
        case .export: "VATEX-EU-G"
        case .outsideScope: "VATEX-EU-O"
        }
    }
}
