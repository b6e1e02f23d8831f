namespace NodeGate.Benchmarks.Decisions;

/// <summary>One PullImage. <paramref name="DecisionMs"/> is the audit log's durationMs, <paramref name="PullMs"/> all that the caller waited.</summary>
internal sealed record DecisionSample(double DecisionMs, double PullMs, RegistryCalls Calls)
{
    internal int Requests => Calls.Requests;

    internal int Rounds => Calls.Rounds;
}
