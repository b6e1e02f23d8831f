namespace NodeGate.Policy.Tests.Decisions;

/// <summary>What came of a question.</summary>
internal sealed record Answer(string Decision, string Reason, string By, bool IsAsked, string Message)
{
    public static Answer Of(Decision decision, bool isAsked) => new(
        (decision is Decision.Admitted { Observed: not null } ? "audited " : "") + decision.Effective.Outcome,
        decision.Reason.ToString(),
        decision.Basis.Rule ?? "-",
        isAsked,
        decision.Message);
}
