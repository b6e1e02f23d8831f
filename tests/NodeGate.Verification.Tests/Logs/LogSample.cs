using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Logs;
using NodeGate.Verification.Signers;
using NodeGate.Verification.Sigstore;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tests.Logs;

/// <summary>Takes the log entries out of minted evidence and judges them, and nothing else of it.</summary>
internal static class LogSample
{
    public static VirtualSigstore World => VirtualSigstore.Default;

    public static TrustRoot Root { get; } = RootOf(World.TrustedRoot());

    /// <summary>A message signature in a Rekor v1 log with promise and proof.</summary>
    public static MintOptions V1 => MintOptions.Default;

    public static MintOptions V2 => MintOptions.RekorV2;

    public static TrustRoot RootOf(JsonObject root)
    {
        Assert.True(TrustRoot.TryParse(Encoding.UTF8.GetBytes(root.ToJsonString()), out var parsed, out var error), error);
        return parsed;
    }

    public static JsonObject Message(MintOptions? options = null) => World.Message(Sample.ImageBytes, options);

    public static JsonObject Envelope(MintOptions? options = null) => World.Signature(Sample.Image, options);

    /// <summary>The only entry of a bundle.</summary>
    public static JsonObject EntryOf(this JsonObject bundle) => bundle.Child("verificationMaterial")["tlogEntries"]![0]!.AsObject();

    public static MintOptions WithEntry(this MintOptions options, Action<JsonObject> change) => options with { AlterBundle = b => change(b.EntryOf()) };

    public static MintOptions WithLog(this MintOptions options, Func<LogOptions, LogOptions> change) => options with { Log = change(options.Log) };

    public static MintOptions WithCheckpoint(this MintOptions options, Func<NoteOptions, NoteOptions> change) =>
        options.WithLog(l => l with { Checkpoint = change(l.Checkpoint) });

    public static MintOptions WithBody(this MintOptions options, Action<JsonObject> change) =>
        options.WithLog(l => l with { AlterBody = b => change(b.Child("spec")) });

    public static RejectedEvidence? Judge(
        JsonObject bundle, out ImmutableArray<VerifiedLogEntry> verified, TrustRoot? root = null, int required = 1, PublicKey? key = null)
    {
        var bytes = Bundles.ToBytes(bundle);
        var trace = new VerificationTrace(Sample.Bundle(bytes));
        var rejected = SigstoreBundle.Read(trace, bytes, out var read);
        Assert.True(rejected is null, rejected?.Detail);
        return LogEntryVerifier.VerifyAll(trace, read!.LogEntries, root ?? Root, SignatureOf(read, key), required, out verified);
    }

    public static VerifiedLogEntry AssertVerified(JsonObject bundle, TrustRoot? root = null, PublicKey? key = null)
    {
        var rejected = Judge(bundle, out var verified, root, key: key);
        Assert.True(rejected is null, $"{rejected?.Step}: {rejected?.Detail}");
        return Assert.Single(verified);
    }

    public static RejectedEvidence AssertRejected(JsonObject bundle, string step, string detail, TrustRoot? root = null, int required = 1)
    {
        var rejected = Judge(bundle, out var verified, root, required);
        AssertInvalid(rejected, step, detail);
        Assert.True(verified.IsDefaultOrEmpty);
        return rejected!;
    }

    public static void AssertInvalid(RejectedEvidence? rejected, string step, string detail, DecisionReason reason = DecisionReason.LogEntryInvalid)
    {
        Assert.True(rejected is not null, "verified");
        Assert.True((rejected.Reason, rejected.Step) == (reason, step), $"{rejected.Reason} {rejected.Step}: {rejected.Detail}");
        Assert.Contains(detail, rejected.Detail, StringComparison.Ordinal);
    }

    /// <summary>Judges one entry of a legacy layer.</summary>
    public static RejectedEvidence? JudgeLegacy(LegacySignature layer, out VerifiedLogEntry? verified, Func<LogEntry, LogEntry>? change = null)
    {
        var entry = LegacyLogEntry.Read(layer.Annotations[VirtualSigstore.BundleAnnotation]);
        Assert.True(StrictPem.TryReadOne(layer.Annotations[VirtualSigstore.CertificateAnnotation], "CERTIFICATE", out var der));
        var certificate = Certificate.Read(der);
        var content = layer.MediaType == MediaTypes.DsseEnvelope
            ? DsseEnvelope.Read(StrictJson.Parse(layer.Payload.Span)).Content
            : new SignedContent(
                ContentKind.Message,
                SignedBytes.Of(layer.Payload),
                Convert.FromBase64String(layer.Annotations[LegacySignature.SignatureAnnotation]),
                Payload: null);
        var evidence = new CosignSignatureEvidence(layer.Digest, layer.MediaType, layer.Payload, layer.Annotations);
        return LogEntryVerifier.Verify(
            new VerificationTrace(evidence),
            change?.Invoke(entry) ?? entry,
            Root,
            new Verification.Logs.LoggedSignature(content, certificate.Key, certificate, layer.Payload),
            out verified);
    }

    public static Verification.Logs.LoggedSignature SignatureOf(SigstoreBundle bundle, PublicKey? key)
    {
        var content = bundle.Document.Envelope is { } envelope
            ? DsseEnvelope.Read(envelope).Content
            : new SignedContent(
                ContentKind.Message, SignedBytes.Of(Sample.ImageBytes), MessageSignature.Read(bundle.Document.Message!.Value).Signature, Payload: null);
        if (key is not null)
        {
            return new(content, key, null, null);
        }

        var certificate = Certificate.Read(bundle.Material.Certificates[0]);
        return new(content, certificate.Key, certificate, null);
    }
}
