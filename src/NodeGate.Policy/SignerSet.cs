using System.Collections.Immutable;

namespace NodeGate.Policy;

/// <summary>
/// Distinct signers, in the words of <see cref="Verification.VerificationResult.SignerId"/>. Keys and exact identities can be listed; an
/// authority whose identities are expressions can have any number of signers beside those that are known.
/// </summary>
/// <param name="Ids">The signers that are known, sorted, none twice.</param>
/// <param name="IsOpen">Whether there can be any number of others.</param>
internal sealed record SignerSet(ImmutableArray<string> Ids, bool IsOpen)
{
    public static SignerSet Empty { get; } = new([], false);

    public bool IsEmpty => Ids.IsEmpty && !IsOpen;

    public static SignerSet Of(IEnumerable<string> ids, bool isOpen = false) =>
        new([.. ids.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], isOpen);

    /// <summary>A set union: one key in two authorities is one signer, and a duplicate entry would count twice towards a threshold.</summary>
    public static SignerSet Union(IEnumerable<SignerSet> sets)
    {
        var all = sets.ToArray();
        return Of(all.SelectMany(s => s.Ids), all.Any(s => s.IsOpen));
    }

    /// <summary>Whether there are, or can be, <paramref name="count"/> distinct ones.</summary>
    public bool CanBe(int count) => IsOpen || Ids.Length >= count;
}
