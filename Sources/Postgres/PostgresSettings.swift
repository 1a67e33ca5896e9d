import CLibpq

/// Where a database is and what its connections begin with.
package struct PostgresSettings: Sendable {
    /// `postgres://role:password@host/database`, or libpq's keywords: `host=/run/postgresql dbname=mpanel
    /// user=…`.
    let url: String
    /// Shown in `pg_stat_activity`.
    package var applicationName = "mpanel"
    /// The longest that one statement may take. Zero is no limit, here and below.
    package var statementLimit = Duration.seconds(30)
    /// The longest that a statement may wait for a lock.
    package var lockLimit = Duration.seconds(5)
    /// The longest that an open transaction may stay without a statement.
    package var idleInTransactionLimit = Duration.seconds(30)
    /// The longest that opening a connection may take, in whole seconds of at least 2.
    package var connectLimit = Duration.seconds(5)
    /// The longest that what was sent may stay without the other machine's acknowledgement: the network is
    /// cut then. Without it the kernel would go on for a quarter of an hour.
    package var networkLimit = Duration.seconds(10)
    /// Statements that a connection keeps prepared. 0 prepares none, as a proxy that pools transactions
    /// needs.
    package var preparedStatements = 256

    package init(url: String) {
        self.url = url
    }
}

extension PostgresSettings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of the URL: it holds the password.
    package var description: String { "PostgresSettings(applicationName: \(applicationName))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["applicationName": applicationName]) }
}

extension PostgresSettings {
    /// The longest that a connection waits for an answer. The server ends a statement at its limit and says
    /// so; one that is frozen does not even do that.
    var answerLimit: Duration? {
        statementLimit == .zero ? nil : statementLimit + PostgresSettings.answerGrace
    }

    private static let answerGrace = Duration.seconds(5)

    /// libpq's keywords. The settings win over the URL's, but its `options` stay in front of ours and what it
    /// says of keep-alive and the network's limit is kept.
    func parameters() throws(ConnectionFailure) -> [String: String] {
        var parameters = [
            "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3",
            "tcp_user_timeout": "\(networkLimit.milliseconds)",
        ]
        try parameters.merge(parsed()) { _, given in given }
        parameters["client_encoding"] = "UTF8"
        parameters["application_name"] = applicationName
        parameters["connect_timeout"] = "\(connectLimit.components.seconds)"
        let limits = [
            "TimeZone=UTC",
            "statement_timeout=\(statementLimit.milliseconds)",
            "lock_timeout=\(lockLimit.milliseconds)",
            "idle_in_transaction_session_timeout=\(idleInTransactionLimit.milliseconds)",
        ]
        let given = parameters["options"].map { $0 + " " } ?? ""
        parameters["options"] = given + limits.map { "-c \($0)" }.joined(separator: " ")
        return parameters
    }

    /// What the URL says. A URL that cannot be parsed is not quoted: the message could hold the password.
    private func parsed() throws(ConnectionFailure) -> [String: String] {
        guard let options = PQconninfoParse(url, nil) else {
            throw ConnectionFailure(description: "the database's URL is neither a URL nor libpq's keywords")
        }
        defer { PQconninfoFree(options) }
        var parsed: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { parsed[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return parsed
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, so that a limit never becomes 0, which PostgreSQL takes as none.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
