using System.Text.Json.Nodes;
using NodeGate.Testing.Sigstore;
using static NodeGate.Verification.Tests.Logs.LogSample;

namespace NodeGate.Verification.Tests.Logs;

/// <summary>Step <c>inclusionProof</c>: the entry is in the tree of the checkpoint.</summary>
public sealed class InclusionProofTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 6)]
    [InlineData(6, 0)]
    [InlineData(5, 7)]
    public void VerifyAll_AnyPlaceInTheTree_Verified(int before, int after)
    {
        AssertVerified(Message(V1.WithLog(l => l with { Before = before, After = after })));
        AssertVerified(Message(V2.WithLog(l => l with { Before = before, After = after })));
    }

    [Fact]
    public void VerifyAll_OtherIndex_Rejected() =>
        AssertRejected(Message(V1.WithEntry(e => e.Child("inclusionProof")["logIndex"] = "2")), StepNames.InclusionProof, "the entry is not the one with the index 2");

    [Fact]
    public void VerifyAll_IndexBeyondTheTree_Rejected() =>
        // A tree of one entry: its root is the leaf, wherever that is said to be.
        AssertRejected(
            Message(V1.WithLog(l => l with { Before = 0, After = 0 }).WithEntry(e => e.Child("inclusionProof")["logIndex"] = "1")),
            StepNames.InclusionProof,
            "the index 1 is not in a tree of 1 entries");

    [Fact]
    public void VerifyAll_HugeIndexInRekorV2_Rejected() => AssertRejected(
        Message(V2.WithLog(l => l with { Before = 0, After = 0 }).WithEntry(e => e["logIndex"] = "9223372036854775807")),
        StepNames.InclusionProof,
        "the index 9223372036854775807 is not in a tree of 1 entries");

    [Fact]
    public void VerifyAll_RekorV2OtherIndexOfTheEntry_Rejected() =>
        AssertRejected(Message(V2.WithEntry(e => e["logIndex"] = "2")), StepNames.InclusionProof, "the entry is not the one with the index 2");

    [Fact]
    public void VerifyAll_RekorV2ProofRepeatsOtherNumbers_TheCheckpointsCount()
    {
        AssertVerified(Message(V2.WithEntry(e =>
        {
            var proof = e.Child("inclusionProof");
            proof["logIndex"] = "17";
            proof["treeSize"] = "18";
            proof["rootHash"] = Convert.ToBase64String(new byte[32]);
        })));
    }

    [Fact]
    public void VerifyAll_SizeOtherThanTheCheckpoints_Rejected() => AssertRejected(
        Message(V1.WithEntry(e => e.Child("inclusionProof")["treeSize"] = "7")), StepNames.InclusionProof, "for a tree of 7 entries; the checkpoint's has 6");

    [Fact]
    public void VerifyAll_RootOtherThanTheCheckpoints_Rejected() => AssertRejected(
        Message(V1.WithEntry(e => e.Child("inclusionProof")["rootHash"] = Convert.ToBase64String(new byte[32]))),
        StepNames.InclusionProof,
        "the proof's root hash is not that of the checkpoint");

    [Fact]
    public void VerifyAll_CheckpointOfAnotherTree_Rejected()
    {
        var other = Message(V1.WithLog(l => l with { Before = 3, After = 2, AlterBody = b => b.Child("spec")["data"] = "other" })).EntryOf().Child("inclusionProof");

        AssertRejected(
            Message(V1.WithEntry(e =>
            {
                e.Child("inclusionProof")["rootHash"] = other["rootHash"]!.DeepClone();
                e.Child("inclusionProof")["checkpoint"] = other["checkpoint"]!.DeepClone();
            })),
            StepNames.InclusionProof,
            "the entry is not the one");
    }

    [Fact]
    public void VerifyAll_ExtraHash_Rejected() => AssertRejected(
        Message(V1.WithEntry(e => Hashes(e).Add(Convert.ToBase64String(new byte[32])))), StepNames.InclusionProof, "are too many for a tree of 6 entries");

    [Fact]
    public void VerifyAll_ExtraHashInATreeOfOne_Rejected() => AssertRejected(
        Message(V1.WithLog(l => l with { Before = 0, After = 0 }).WithEntry(e => Hashes(e).Add(Convert.ToBase64String(new byte[32])))),
        StepNames.InclusionProof,
        "1 hashes are too many for a tree of 1 entries");

    [Fact]
    public void VerifyAll_MissingHash_Rejected() => AssertRejected(
        Message(V1.WithEntry(e => Hashes(e).RemoveAt(0))), StepNames.InclusionProof, "are too few for a tree of 6 entries");

    [Fact]
    public void VerifyAll_NoHashesForATreeOfTwoWhoseRootIsTheLeaf_Rejected() =>
        // A log that signs nonsense must not make up for the proof.
        AssertRejected(
            Message(V2.WithLog(l => l with { Before = 0, After = 0 }).WithCheckpoint(c => c with { AlterText = t => t.Replace("\n1\n", "\n2\n", StringComparison.Ordinal) })),
            StepNames.InclusionProof,
            "0 hashes are too few for a tree of 2 entries");

    [Fact]
    public void VerifyAll_ChangedHash_Rejected() => AssertRejected(
        Message(V1.WithEntry(e => Hashes(e)[0] = Convert.ToBase64String(new byte[32]))), StepNames.InclusionProof, "the entry is not the one");

    [Fact]
    public void VerifyAll_ShortHash_Rejected() => AssertRejected(
        Message(V1.WithEntry(e => Hashes(e)[0] = Convert.ToBase64String(new byte[31]))), StepNames.InclusionProof, "a hash of 31 bytes");

    [Fact]
    public void VerifyAll_ProofWithoutCheckpointBesideAPromise_PromiseStandsAlone()
    {
        // Version 0.1 does not ask for a checkpoint; the root that is left is the stranger's own word.
        var options = MintOptions.V01.WithLog(l => l with { Proof = true }).WithEntry(e =>
        {
            e.Child("inclusionProof").Remove("checkpoint");
            e.Child("inclusionProof")["rootHash"] = Convert.ToBase64String(new byte[32]);
        });

        Assert.Equal(VirtualSigstore.SigningTime, AssertVerified(Message(options)).Time);
    }

    private static JsonArray Hashes(JsonObject entry) => entry.Child("inclusionProof")["hashes"]!.AsArray();
}
