/// An object that counts its changes, so that nobody overwrites one that they have not seen.
package protocol Versioned {
    /// 1 for a new object, one more with each change.
    var version: Int { get }
}
