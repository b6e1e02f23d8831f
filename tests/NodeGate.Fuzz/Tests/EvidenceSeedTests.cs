using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.Targets.Verification;

namespace NodeGate.Fuzz.Tests;

/// <summary>An oracle that says "refused" of everything would hold for mutations of what was never accepted.</summary>
public sealed class EvidenceSeedTests
{
    [Fact]
    public void Seeds_OfBundles_AreEachVerified() => Assert.Empty(Minted("evidence-bundle").Except(BundleTarget.Verified));

    [Fact]
    public void Seeds_OfLegacyLayers_AreEachVerified() => Assert.Empty(Minted("evidence-legacy").Except(LegacyTarget.Verified));

    [Theory]
    [InlineData("timestamp", "seed-response", "verified")]
    [InlineData("tuf", "seed-1", "refreshed | Rollback")]
    [InlineData("tuf", "seed-2", "refreshed | refreshed")]
    [InlineData("certificate", "seed-leaf", "accepted")]
    [InlineData("trusted-root", "seed-v01", "accepted 2 1 1 1")]
    [InlineData("checkpoint", "seed-v1", "checkpoint")]
    public void Seed_OfTarget_IsAccepted(string target, string seed, string outcome) => Assert.StartsWith(
        outcome, FuzzTargets.Named(target).Check(Corpus.Of(target).Single(entry => entry.File == seed).Input), StringComparison.Ordinal);

    private static IEnumerable<string> Minted(string target) => Corpus.Of(target).Select(entry => entry.File).Where(file => file.StartsWith("seed-", StringComparison.Ordinal));
}
