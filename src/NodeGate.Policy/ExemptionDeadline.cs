namespace NodeGate.Policy;

/// <summary>An exception and what is left of it.</summary>
/// <param name="Exemption">The exception.</param>
/// <param name="Remaining">The time until its end; zero or less once it has ended.</param>
public sealed record ExemptionDeadline(PolicyExemption Exemption, TimeSpan Remaining)
{
    /// <summary>True once it has ended.</summary>
    public bool HasEnded => Remaining <= TimeSpan.Zero;

    /// <summary>True where it holds still and ends within <see cref="ExemptionWatch.WarnsAhead"/>.</summary>
    public bool EndsSoon => !HasEnded && Remaining <= ExemptionWatch.WarnsAhead;
}
