package import Kernel

/// The territory of the common system of value added tax: Council Directive 2006/112/EC, Articles 5 to 8.
package enum EuropeanUnion {
    /// The member states since 2021, when the United Kingdom had left the system; by ISO 3166-1, so that
    /// Greece is GR here and EL in its numbers.
    package static let members: Set<CountryCode> = Set(
        """
        AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK
        """.split(separator: " ").compactMap { CountryCode(String($0)) })

    package static func has(_ country: CountryCode) -> Bool { members.contains(country) }
}
