import Kernel

/// What calculations may refuse.
enum CalculationsProblem {
    static let incalculable = Problem(
        "incalculable", status: 422,
        "Each field is valid, but they contradict each other or give no amount; errors says which and why.")
}
