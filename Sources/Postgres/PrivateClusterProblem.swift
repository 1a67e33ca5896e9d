/// Why the private database is not available: each is a sentence that says what to do next.
package enum PrivateClusterProblem: Error, Equatable, CustomStringConvertible {
    case notInstalled
    case incompleteBinaries(directory: String, missing: String)
    case otherVersion(data: String, made: Int, installed: [Int])
    case creationFailed(reason: String)
    case startFailed(log: String)
    case stillRecovering(log: String)
    case stopFailed(data: String)
    case rolesFailed(reason: String)

    package var description: String {
        switch self {
        case .notInstalled:
            "PostgreSQL is not installed. Run `apt-get install postgresql-15`, or set MPANEL_POSTGRES_BIN "
                + "to the directory of pg_ctl, or MPANEL_DATABASE_URL to a database of yours."
        case .incompleteBinaries(let directory, let missing):
            "There is no `\(missing)` in \(directory). Install both the server and the client package of "
                + "that PostgreSQL, for example `apt-get install postgresql-15 postgresql-client-15`."
        case .otherVersion(let data, let made, let installed):
            "The database in \(data) was made by PostgreSQL \(made), but here is "
                + "\(installed.map(String.init).joined(separator: ", ")). Run `apt-get install "
                + "postgresql-\(made)`, or move the data to the newer version with pg_upgrade."
        case .creationFailed(let reason):
            "The private database could not be created: \(reason). Mend the cause and run the command "
                + "again."
        case .startFailed(let log):
            "PostgreSQL did not start. It says why in \(log)."
        case .stillRecovering(let log):
            "PostgreSQL runs but does not take connections yet, probably because it recovers from a crash. "
                + "Follow it in \(log) and try again later."
        case .stopFailed(let data):
            "PostgreSQL did not stop within its time limit and keeps running; the next mpanel command "
                + "takes it over. To stop it by hand: pg_ctl stop -m fast -D \(data)."
        case .rolesFailed(let reason):
            "The roles of the private database could not be set up: \(reason). Mend the cause and try "
                + "again."
        }
    }
}
