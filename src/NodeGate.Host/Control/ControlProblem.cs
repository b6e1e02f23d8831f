namespace NodeGate.Host.Control;

/// <summary>The body of every answer that is not 200.</summary>
/// <param name="Problem">What was found, what was expected, and the fix.</param>
internal sealed record ControlProblem(string Problem);
