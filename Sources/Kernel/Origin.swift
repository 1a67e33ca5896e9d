/// Where a page of the web comes from, as browsers write it in the header Origin (RFC 6454): scheme, host
/// and, unless it is the scheme's own, port. What goes over a network comes by https; http is for the
/// developer's own machine.
package struct Origin: FieldText {
    package static let rule =
        "must be an origin such as https://portal.example.com, in lower case and without a path; "
        + "http for localhost only"
    package static let length = 9...267
    package static let pattern: String? = #"^(https://[a-z0-9.-]+|http://localhost)(:[1-9][0-9]{0,4})?$"#

    package let text: String

    package init?(_ text: String) {
        guard Self.length.contains(text.utf8.count),
            let match = text.wholeMatch(of: /(https|http):\/\/([a-z0-9.-]+)(?::([1-9][0-9]{0,4}))?/),
            HostName(String(match.2)) != nil, match.1 == "https" || match.2 == "localhost"
        else { return nil }
        if let port = match.3 {
            // Browsers leave out the scheme's own port: with it the origin would be nobody's.
            guard let number = UInt16(port), number != (match.1 == "https" ? 443 : 80) else { return nil }
        }
        self.text = text
    }
}
