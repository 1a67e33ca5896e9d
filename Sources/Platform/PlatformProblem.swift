package import Kernel

/// What the platform may refuse.
package enum PlatformProblem {
    package static let jobAlive = Problem(
        "job_not_dead", status: 409, "The job is still to be done. Only one that was given up takes this.")
}
