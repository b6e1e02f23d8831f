using NodeGate.Policy;

namespace NodeGate.Host.Commands;

/// <summary>What came of a case.</summary>
/// <param name="Test">The case.</param>
/// <param name="Decision">The answer.</param>
/// <param name="Differences">In what it is not the expected one, a line each; empty where it is.</param>
internal sealed record PolicyTestResult(PlannedTest Test, Decision Decision, IReadOnlyList<string> Differences)
{
    internal bool IsOk => Differences.Count == 0;
}
