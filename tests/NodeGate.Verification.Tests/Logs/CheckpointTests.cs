using System.Text;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification.Logs;
using NodeGate.Verification.Strict;
using static NodeGate.Verification.Tests.Logs.LogSample;

namespace NodeGate.Verification.Tests.Logs;

/// <summary>Step <c>checkpoint</c>: a signed note of the log, its text as expected, signed with its key under its name.</summary>
public sealed class CheckpointTests
{
    private static readonly string Root32 = Convert.ToBase64String(new byte[32]);
    private static readonly string Line = Testing.Sigstore.SignedNote.Line("log", new byte[4], new byte[64]);

    public static TheoryData<bool> Versions => [false, true];

    [Theory]
    [MemberData(nameof(Versions))]
    public void VerifyAll_SignatureOfAnotherKey_Rejected(bool v2) =>
        AssertCheckpoint(v2, c => c with { Key = v2 ? SigningKey.Ed25519() : SigningKey.Create() }, "is not that of the log's key");

    [Theory]
    [MemberData(nameof(Versions))]
    public void VerifyAll_TextAlteredAfterSigning_Rejected(bool v2) =>
        AssertCheckpoint(v2, c => c with { AlterNote = n => n.Replace("\n6\n", "\n7\n", StringComparison.Ordinal) }, "is not that of the log's key");

    [Theory]
    [MemberData(nameof(Versions))]
    public void VerifyAll_BadSignatureBesideAGoodOne_Rejected(bool v2)
    {
        // Whoever adds a line under the log's name and key tampers with the note, whatever else it has (signed-note).
        VirtualLog log = v2 ? World.RekorV2 : World.RekorV1;
        var line = Testing.Sigstore.SignedNote.Line(log.Name, log.Id[..4], new byte[64]);

        AssertCheckpoint(v2, c => c with { LinesAfter = [line] }, "is not that of the log's key");
        AssertCheckpoint(v2, c => c with { LinesBefore = [line] }, "is not that of the log's key");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void VerifyAll_SignatureTwice_Rejected(bool v2) =>
        AssertCheckpoint(v2, c => c with { AlterNote = n => n + n[(n.LastIndexOf("\n\n", StringComparison.Ordinal) + 2)..] }, "twice");

    [Theory]
    [MemberData(nameof(Versions))]
    public void VerifyAll_KeyHintOfAnotherKey_Rejected(bool v2) => AssertCheckpoint(v2, c => c with { Hint = [1, 2, 3, 4] }, "has no signature by");

    [Theory]
    [MemberData(nameof(Versions))]
    public void VerifyAll_OtherName_Rejected(bool v2) => AssertCheckpoint(v2, c => c with { Name = "somebody.else" }, "has no signature by");

    [Theory]
    [MemberData(nameof(Versions))]
    public void VerifyAll_WitnessesOnly_Rejected(bool v2) =>
        AssertCheckpoint(v2, c => c with { WithoutOwnLine = true, Witnesses = [new VirtualWitness("witness.example")] }, "has no signature by");

    [Theory]
    [MemberData(nameof(Versions))]
    public void VerifyAll_WitnessesBeside_Verified(bool v2) =>
        AssertVerified(Message((v2 ? V2 : V1).WithCheckpoint(c => c with { Witnesses = [new VirtualWitness("witness.example/1"), new VirtualWitness("witness.example/2")], LinesBefore = [Line] })));

    [Fact]
    public void VerifyAll_RekorV2OtherOrigin_Rejected() =>
        AssertCheckpoint(true, c => c with { AlterText = t => "other" + t }, "the checkpoint's origin is 'otherlog2025.rekor.virtual.test'; expected 'log2025.rekor.virtual.test'");

    [Theory]
    [InlineData("rekor.virtual.test")]
    [InlineData("rekor.virtual.test - ")]
    [InlineData("rekor.virtual.test - 1a")]
    [InlineData("rekor.virtual.test -1")]
    public void VerifyAll_RekorV1OriginWithoutTree_Rejected(string origin) =>
        AssertCheckpoint(false, c => c with { AlterText = t => t.Replace($"rekor.virtual.test - {VirtualRekorV1.TreeId}", origin, StringComparison.Ordinal) }, "the checkpoint's origin is");

    [Fact]
    public void VerifyAll_RekorV1OriginOfAnother_Rejected() =>
        AssertCheckpoint(false, c => c with { AlterText = t => "other." + t }, "has no signature by 'other.rekor.virtual.test'");

    [Fact]
    public void VerifyAll_ExtensionLines_Verified() => AssertVerified(Message(V1.WithCheckpoint(c => c with { AlterText = t => t + "Timestamp: 1689177396617352539\n" })));

    [Fact]
    public void VerifyAll_RekorV2WithAnEcdsaKey_Verified()
    {
        var log = new VirtualRekorV2(SigningKey.Create(), "ecdsa.rekor.virtual.test");
        var trusted = World.TrustedRoot();
        trusted["tlogs"]!.AsArray().Add(log.TrustedEntry(VirtualSigstore.TrustedFrom));

        AssertVerified(Message(V2 with { Logs = [log] }), RootOf(trusted));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void VerifyAll_SignatureLines_AtMostTheLimit(int beyond)
    {
        var lines = Enumerable.Repeat(Line, VerificationLimits.MaxCheckpointSignatures - 1 + beyond).ToList();
        var rejected = Judge(Message(V1.WithCheckpoint(c => c with { LinesAfter = lines })), out _);

        if (beyond == 0)
        {
            Assert.Null(rejected);
        }
        else
        {
            AssertInvalid(rejected, StepNames.Checkpoint, "more than 64 signatures", DecisionReason.LimitExceeded);
        }
    }

    [Theory]
    [InlineData("origin\n1\n{root}\n\n{line}\n", null)]
    [InlineData("origin\n0\n{root}\n\n{line}\n", null)]
    [InlineData("origin\n1\n{root}\nmore\n\n{line}\n", null)]
    [InlineData("origin\n1\n{root}\r\n\n{line}\n", "control character")]
    [InlineData("origin\n1\n{root}\nmo\tre\n\n{line}\n", "control character")]
    [InlineData("origin\n1\n{root}\n{line}\n", "no empty line")]
    [InlineData("origin\n1\n{root}\n\n{line}", "has no end")]
    [InlineData("origin\n1\n{root}\n\n", "has no signature")]
    [InlineData("origin\n1\n\n{line}\n", "not three lines")]
    [InlineData("\n1\n{root}\n\n{line}\n", "not three lines")]
    [InlineData("origin\n1\n{root}\n\nmore\n\n{line}\n", "none of them empty")]
    [InlineData("origin\n01\n{root}\n\n{line}\n", "size '01'")]
    [InlineData("origin\n-1\n{root}\n\n{line}\n", "size '-1'")]
    [InlineData("origin\n+1\n{root}\n\n{line}\n", "size '+1'")]
    [InlineData("origin\n 1\n{root}\n\n{line}\n", "size ' 1'")]
    [InlineData("origin\n9223372036854775808\n{root}\n\n{line}\n", "size '9223372036854775808'")]
    [InlineData("origin\n1\nAAAA\n\n{line}\n", "root hash is not")]
    [InlineData("origin\n1\n!{root}\n\n{line}\n", "root hash is not")]
    [InlineData("origin\n1\n{root}\n\n- log AAAAAAAA\n", "not of the form")]
    [InlineData("origin\n1\n{root}\n\n\u2014 AAAAAAAA\n", "not of the form")]
    [InlineData("origin\n1\n{root}\n\n\u2014  AAAAAAAA\n", "not of the form")]
    [InlineData("origin\n1\n{root}\n\n\u2014log AAAAAAAA\n", "not of the form")]
    [InlineData("origin\n1\n{root}\n\n\u2014 log AAAAAA==\n", "not strict base64 of a key hint")]
    [InlineData("origin\n1\n{root}\n\n\u2014 log AAAAAAA\n", "not strict base64 of a key hint")]
    public void Read_Text(string template, string? problem)
    {
        var text = template.Replace("{root}", Root32, StringComparison.Ordinal).Replace("{line}", Line, StringComparison.Ordinal);

        if (problem is null)
        {
            Assert.Equal("origin", Checkpoint.Read(text).Origin);
        }
        else
        {
            Assert.Contains(problem, Assert.Throws<EvidenceFormatException>(() => Checkpoint.Read(text)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_SignedText_IsUpToTheEmptyLine()
    {
        var checkpoint = Checkpoint.Read($"origin\n7\n{Root32}\n\n{Line}\n{Line}\n");

        Assert.Equal($"origin\n7\n{Root32}\n", Encoding.UTF8.GetString(checkpoint.Note.SignedBytes));
        Assert.Equal((7, 2), (checkpoint.Size, checkpoint.Note.Signatures.Length));
    }

    private static void AssertCheckpoint(bool v2, Func<NoteOptions, NoteOptions> change, string detail) =>
        AssertRejected(Message((v2 ? V2 : V1).WithCheckpoint(change)), StepNames.Checkpoint, detail);
}
