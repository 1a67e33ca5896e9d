import Foundation
import Kernel

/// What somebody types to find a customer: each of its words must begin one of the customer's words.
struct CustomerSearch: FieldText {
    static let rule = "must have at most 200 characters"
    static let length = 0...200
    /// More words than this do not narrow a search further.
    static let wordLimit = 8

    let text: String

    init?(_ text: String) {
        guard CustomerSearch.length.contains(text.count), !text.utf8.contains(0) else { return nil }
        self.text = text
    }

    /// A token with an `@` is the beginning of a whole e-mail address; anything else falls apart into words.
    var prefixes: [Prefix] {
        var words: [String] = []
        for token in text.split(whereSeparator: \.isWhitespace) {
            let folded = SearchWords.folded(token)
            words += SearchWords.address(folded).map { [$0] } ?? SearchWords.parts(folded)
        }
        var seen = Set<String>()
        return words.filter { seen.insert($0).inserted }.prefix(CustomerSearch.wordLimit).map(Prefix.init)
    }

    /// All words that begin alike, as a half-open range in the order of their bytes. (Under row-level
    /// security LIKE does not use an index, a range does.)
    struct Prefix: Hashable, Sendable {
        let low: String
        let high: String

        /// `m` is `m ..< n`. The bytes of UTF-8 sort like the scalars that they stand for.
        init(_ word: String) {
            low = word
            var scalars = word.unicodeScalars
            while let last = scalars.popLast() {
                // Behind the last scalar before the surrogates comes the first one after them.
                let next = last.value == 0xD7FF ? 0xE000 : last.value + 1
                if let scalar = Unicode.Scalar(next) {
                    scalars.append(scalar)
                    break
                }
            }
            high = String(scalars)
        }
    }
}

/// The words under which a customer is found: in lower case, without accents, cut at 40 characters.
enum SearchWords {
    static let longestWord = 40

    static func of(_ customer: Customer) -> Set<String> {
        let texts = [
            customer.companyName?.text, customer.name.text, customer.email.text, customer.reference?.text,
            customer.address.city.text, customer.taxID?.text,
        ]
        var words = Set(texts.compactMap { $0 }.flatMap { parts(folded($0)) })
        if let whole = address(folded(customer.email.text)) { words.insert(whole) }
        // Tax IDs are typed with and without the spaces and points that they are printed with.
        if let taxID = customer.taxID { words.insert(cut(parts(folded(taxID.text)).joined().unicodeScalars)) }
        words.remove("")
        return words
    }

    static func folded(_ text: some StringProtocol) -> String {
        // Foundation's folding is slow, and most names do not need it.
        if text.utf8.allSatisfy({ $0 < 128 }) { return text.lowercased() }
        return text.folding(options: [.diacriticInsensitive, .caseInsensitive], locale: nil).lowercased()
    }

    /// Split at everything that is not a letter or a digit.
    static func parts(_ folded: String) -> [String] {
        folded.unicodeScalars.split { !isOfWord($0) }.map { cut($0) }
    }

    /// An e-mail address or the beginning of one, without what mail programs put around it; nil for other
    /// text.
    static func address(_ folded: String) -> String? {
        var text = folded.unicodeScalars.drop { !isOfWord($0) }
        guard text.contains("@") else { return nil }
        while let last = text.last, last != "@", !isOfWord(last) { text.removeLast() }
        return cut(text)
    }

    /// Scalars, not characters: a character may be of any length, an entry of an index may not.
    private static func cut(_ word: some Sequence<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: word.prefix(longestWord))
        return String(text)
    }

    private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return UInt8(scalar.value).isASCIIAlphanumeric }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber, .nonspacingMark, .spacingMark:
            return true
        default:
            return false
        }
    }
}
