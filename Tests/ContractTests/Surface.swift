import Foundation
import Kernel
import MPanelServer
import TestKit
import Web

/// All endpoints that the installation has, from one that never opens a connection.
enum Surface {
    static func endpoints() throws -> [Endpoint] {
        try known.get().sorted { $0.route.description < $1.route.description }
    }

    /// Made once: the schemas of all types take a while.
    private static let known = Result { try Installation.offline().endpoints }
}

extension JSONValue {
    /// The members of an object; none for anything else.
    var fields: [String: JSONValue] {
        if case .object(let fields) = self { fields } else { [:] }
    }
}

extension Endpoint {
    /// Reads or calculates, and changes nothing.
    var isQuestion: Bool {
        route.method == .get || route.path.hasPrefix("/v1/calculations/") || route.path.hasSuffix("/preview")
    }
}
