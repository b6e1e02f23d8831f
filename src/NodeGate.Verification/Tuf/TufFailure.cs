namespace NodeGate.Verification.Tuf;

/// <summary>Why a TUF repository was not followed.</summary>
/// <param name="Reason">The stable reason.</param>
/// <param name="Detail">What was found and what was expected, naming the file. Deterministic.</param>
public sealed record TufFailure(TufFailureReason Reason, string Detail)
{
    /// <summary>Reason and detail, as in a log.</summary>
    public override string ToString() => $"{Reason}: {Detail}";
}
