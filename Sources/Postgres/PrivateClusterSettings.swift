import Foundation
import LocalServers

extension PrivateServer {
    /// Makes `postgresql.conf` in a fresh data directory read our settings, which stand beside it and can be
    /// renewed by each version of MPanel. What the provider adds below that line wins.
    func includeSettings(in data: String) throws {
        let path = data + "/postgresql.conf"
        // The directory belongs to the server's user, and we may be root: never follow a link out of it.
        let file = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else {
            throw LocalServerProblem.directory(path: path, reason: String(cString: strerror(errno)))
        }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        try handle.write(contentsOf: Data("\n# Yours go below this line.\ninclude '../mpanel.conf'\n".utf8))
        try handle.close()
    }

    func writeSettings() async throws {
        let path = site.place + "/mpanel.conf"
        let settings = settings(walCompression: try await takesLZ4() ? "lz4" : "on")
        do {
            try Data(settings.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw LocalServerProblem.directory(path: path, reason: "it cannot be written")
        }
        chmod(path, 0o644)
    }

    /// Debian's server is built with LZ4, which costs a billing run some 7 % less than PostgreSQL's own
    /// compression; somebody else's may not be, and would refuse to start with it.
    private func takesLZ4() async throws -> Bool {
        let question = ["-D", "data", "-C", "wal_compression", "-c", "wal_compression=lz4"]
        return try await tool("postgres", question).succeeded
    }

    /// For a small machine of two cores and a few gigabytes. Larger installations bring a database of their
    /// own.
    private func settings(walCompression: String) -> String {
        """
        # Written by mpanel at each start. Settings of your own belong into data/postgresql.conf.
        cluster_name = 'mpanel'
        listen_addresses = ''
        port = 5432
        unix_socket_directories = '\(site.socketDirectory)'
        unix_socket_permissions = 0700
        timezone = 'UTC'
        log_timezone = 'UTC'

        max_connections = 100
        shared_buffers = \(durable ? "256MB" : "128MB")
        effective_cache_size = 1GB
        work_mem = 8MB
        maintenance_work_mem = 128MB
        max_wal_size = 2GB
        wal_compression = \(walCompression)
        checkpoint_timeout = 15min
        random_page_cost = 1.1
        # Short transactions of a billing system gain nothing from compiling their plans.
        jit = off
        fsync = \(durable ? "on" : "off")
        synchronous_commit = \(durable ? "on" : "off")
        full_page_writes = \(durable ? "on" : "off")

        # One file a weekday, emptied when its day comes again: at most a week is kept.
        logging_collector = on
        log_directory = '../log'
        log_filename = 'postgresql-%a.log'
        log_truncate_on_rotation = on
        log_rotation_age = 1d
        log_rotation_size = 0
        log_line_prefix = '%m [%p] %q%u@%d '
        log_min_duration_statement = 2s
        # Statements carry customers' data, so failing ones are not logged with their text and parameters.
        log_min_error_statement = panic
        log_parameter_max_length = 0

        """
    }
}
