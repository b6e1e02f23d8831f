using NodeGate.Verification.Tuf;

namespace NodeGate.Host.Trust;

/// <summary>How the refresh of a trust root came out. Whatever failed, what was there before stays in use.</summary>
/// <param name="Outcome">The stable name.</param>
/// <param name="Detail">What changed, or what was found and what was expected.</param>
/// <param name="Refusal">Why it was refused; null for other outcomes.</param>
internal sealed record TrustRefresh(TrustRefreshOutcome Outcome, string Detail, TufFailureReason? Refusal = null)
{
    /// <summary>Whether the repository was reached and verified.</summary>
    internal bool IsGood => Outcome is TrustRefreshOutcome.Unchanged or TrustRefreshOutcome.Updated;

    /// <summary>The outcome's name, with that of the refusal.</summary>
    internal string Name => Refusal is { } refusal ? $"{Outcome} ({refusal})" : Outcome.ToString();
}
