extension UnsafeMutableBufferPointer<UInt8> {
    /// Writes the last digits of a number that is not negative, with leading zeros. Days and instants stand
    /// in every answer many times; made of small strings, each would cost a dozen allocations.
    func fill(_ places: Range<Int>, withDigitsOf number: Int) {
        var rest = number
        for place in places.reversed() {
            self[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
