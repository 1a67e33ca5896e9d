import Foundation

/// The parts of a URL, read strictly.
struct RedisURL {
    let address: RedisSettings.Address
    let encryption: RedisSettings.Encryption
    let credentials: RedisSettings.Credentials?
    let database: Int

    init(_ text: String) throws(RedisURLProblem) {
        guard let scheme = text.firstRange(of: "://").map({ text[..<$0.lowerBound] }) else {
            throw .scheme
        }
        guard let parts = URLComponents(string: text), parts.fragment == nil else { throw .unreadable }
        let parameters = try RedisURL.parameters(of: parts)
        switch scheme.lowercased() {
        case "redis", "rediss":
            let isEncrypted = scheme.lowercased() == "rediss"
            guard Set(parameters.keys).isSubset(of: ["ca"]) else { throw .parameter }
            guard isEncrypted || parameters["ca"] == nil else { throw .authoritiesWithoutEncryption }
            address = try RedisURL.network(parts)
            encryption = isEncrypted ? .verified(authorities: parameters["ca"]) : .none
            credentials = try RedisURL.credentials(parts.user, parts.password)
            database = try RedisURL.database(parts.path.isEmpty ? "" : String(parts.path.dropFirst()))
        case "unix", "redis+unix":
            guard Set(parameters.keys).isSubset(of: ["user", "password", "database"]) else {
                throw .parameter
            }
            guard (parts.host ?? "").isEmpty, parts.port == nil, parts.path.count > 1,
                !parts.path.utf8.contains(0)
            else { throw .path }
            address = .socket(path: parts.path)
            encryption = .none
            credentials = try RedisURL.credentials(
                parameters["user"] ?? parts.user, parameters["password"] ?? parts.password)
            database = try RedisURL.database(parameters["database"] ?? "")
        default:
            throw .scheme
        }
    }

    private static func network(_ parts: URLComponents) throws(RedisURLProblem) -> RedisSettings.Address {
        guard let host = parts.host, !host.isEmpty else { throw .host }
        let port = parts.port ?? 6379
        guard (1...65_535).contains(port) else { throw .port }
        // IPv6 addresses stand in brackets in a URL, and without them everywhere else.
        return .network(host: host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")), port: port)
    }

    private static func credentials(
        _ user: String?, _ password: String?
    ) throws(RedisURLProblem) -> RedisSettings.Credentials? {
        let user = (user ?? "").isEmpty ? nil : user
        guard let password, !password.isEmpty else {
            if user != nil { throw .user }
            return nil
        }
        return RedisSettings.Credentials(user: user, password: password)
    }

    private static func database(_ digits: String) throws(RedisURLProblem) -> Int {
        if digits.isEmpty { return 0 }
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(digits), number <= 65_535
        else { throw .database }
        return number
    }

    private static func parameters(of parts: URLComponents) throws(RedisURLProblem) -> [String: String] {
        var parameters: [String: String] = [:]
        for item in parts.queryItems ?? [] {
            guard let value = item.value, !value.isEmpty, parameters[item.name] == nil else {
                throw .parameter
            }
            parameters[item.name] = value
        }
        return parameters
    }
}
