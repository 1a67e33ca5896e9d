package import Kernel

/// What the automation may refuse.
package enum AutomationProblem {
    package static let notASandbox = Problem(
        "not_a_sandbox", status: 409,
        "Your company goes by the real clock. Only a sandbox has one of its own.")
    package static let clockAdvancing = Problem(
        "clock_advancing", status: 409, "The clock is on its way already. Read it until its state is ready.")
}
