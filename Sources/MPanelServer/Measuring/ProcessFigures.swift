import Foundation
import Measures

/// What Linux says of this process, under the names that every Prometheus client gives it.
enum ProcessFigures {
    static let metrics = [cpu, resident, virtual, threads, openFiles, maxFiles, start]

    private static let cpu = Metric(
        "process_cpu_seconds_total", .counter, "User and system CPU time in seconds")
    private static let resident = Metric("process_resident_memory_bytes", .gauge, "Resident memory in bytes")
    private static let virtual = Metric("process_virtual_memory_bytes", .gauge, "Virtual memory in bytes")
    private static let threads = Metric("process_threads", .gauge, "Threads")
    private static let openFiles = Metric("process_open_fds", .gauge, "Open file descriptors")
    private static let maxFiles = Metric("process_max_fds", .gauge, "Most open file descriptors allowed")
    private static let start = Metric(
        "process_start_time_seconds", .gauge, "When the process began, in seconds since 1970")

    /// Empty where /proc is not Linux's.
    static func families() -> [Family] {
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8) else { return [] }
        // The second field is the program's name and may hold spaces; the state follows its last bracket.
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ").dropFirst()
        let numbers = fields.map { Double($0) ?? 0 }
        guard numbers.count > 21 else { return [] }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
        return [
            Family(cpu, .seconds((numbers[11] + numbers[12]) / ticks)),
            Family(threads, .whole(Int64(numbers[17]))),
            Family(virtual, .whole(Int64(numbers[20]))),
            Family(resident, .whole(Int64(numbers[21]) * Int64(sysconf(Int32(_SC_PAGESIZE))))),
            Family(openFiles, .whole(Int64(files))),
            Family(maxFiles, .whole(Int64(clamping: limit.rlim_cur))),
            Family(start, .seconds(bootTime() + numbers[19] / ticks)),
        ]
    }

    private static func bootTime() -> Double {
        let stat = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
        let line = stat.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst(6)) } ?? 0
    }
}
