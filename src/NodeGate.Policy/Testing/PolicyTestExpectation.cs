using NodeGate.Oci;

namespace NodeGate.Policy.Testing;

/// <summary>The answer that a case expects, in the words of <c>verify</c> and the audit log; what is null may be anything.</summary>
/// <param name="Decision"><c>Admitted</c>, <c>Denied</c> or <c>Undetermined</c>: on the merits, also where audit mode lets the image through.</param>
/// <param name="Reason">The reason, or null.</param>
/// <param name="Rule">The name of the rule or exception that decides, or null.</param>
/// <param name="Mode">The mode of that rule, or null.</param>
public sealed record PolicyTestExpectation(string Decision, DecisionReason? Reason, string? Rule, PolicyMode? Mode)
{
    /// <summary>What <paramref name="decision"/> is instead, one line for each; empty where it is what was expected.</summary>
    public IEnumerable<string> DifferencesTo(Decision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var found = decision.Effective;
        if (found.Outcome != Decision)
        {
            yield return $"decision: expected {Decision}, found {found.Outcome}";
        }

        if (Reason is { } reason && found.Reason != reason)
        {
            yield return $"reason: expected {reason}, found {found.Reason}";
        }

        if (Rule is not null && found.Basis.Rule != Rule)
        {
            yield return $"rule: expected {Rule}, found {found.Basis.Rule ?? "none that matches"}";
        }

        if (Mode is { } mode && found.Basis.Mode != mode)
        {
            yield return $"mode: expected {Word(mode)}, found {Word(found.Basis.Mode)}";
        }
    }

    private static string Word(PolicyMode mode) => mode == PolicyMode.Audit ? "audit" : "enforce";
}
