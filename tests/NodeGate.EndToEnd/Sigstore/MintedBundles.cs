using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NodeGate.Oci;
using NodeGate.Testing.Signing;
using NodeGate.Testing.Sigstore;

namespace NodeGate.EndToEnd.Sigstore;

/// <summary>What VirtualSigstore mints, by name: valid bundles, and bundles with one fault.</summary>
internal static class MintedBundles
{
    public const string Predicate = "https://slsa.dev/provenance/v1";

    private static readonly VirtualSigstore Sigstore = VirtualSigstore.Default;
    private static readonly MintOptions V1 = MintOptions.Default;
    private static readonly MintOptions V2 = MintOptions.RekorV2;
    private static readonly VirtualTsa OtherTsa = new();

    private static readonly Dictionary<string, Func<JsonObject>> ValidOnes = new(StringComparer.Ordinal)
    {
        ["message v0.1 promise only"] = () => Message(MintOptions.V01),
        ["message v0.2"] = () => Message(MintOptions.V02),
        ["message v0.3"] = () => Message(V1),
        ["message v0.3 old media type"] = () => Message(V1 with { MediaType = Bundles.V03Old }),
        ["message v0.3 with timestamp"] = () => Message(V1 with { Authorities = [Sigstore.Tsa] }),
        ["message rekor v2"] = () => Message(V2),
        ["message rekor v2 witnessed"] = () => Message(V2 with
        {
            Log = Noted(NoteOptions.Default with { Witnesses = [new VirtualWitness("w.test/a-b")] }),
        }),
        ["message rekor v2 first in tree"] = () => Message(V2 with { Log = LogOptions.Default with { Before = 0, After = 0 } }),
        ["message rekor v2 timestamp without certificate"] = () => Message(Stamped(t => t with { EmbedCertificate = false })),
        ["message email"] = () => Message(V1 with { Names = [GeneralName.Email(VirtualSigstore.Subject)] }),
        ["message P-384"] = () => Message(V1 with { Key = P384 }),
        ["envelope dsse"] = () => Envelope(V1),
        ["envelope intoto"] = () => Envelope(V1 with { Log = LogOptions.Default with { Kind = "intoto" } }),
        ["envelope rekor v2"] = () => Envelope(V2),
    };

    private static readonly Dictionary<string, Func<JsonObject>> FaultyOnes = new(StringComparer.Ordinal)
    {
        ["signature of another artifact"] = () => Message(V1 with { SignedMessage = [1, 2, 3] }),
        ["signed with another key"] = () => Message(V1 with { SignWith = P384 }),
        ["another subject"] = () => Message(V1 with { Names = [GeneralName.Uri(VirtualSigstore.Subject + "x")] }),
        ["another issuer"] = () => Message(V1 with { OidcIssuer = VirtualSigstore.OidcIssuer + "x" }),
        ["another authority of the same name"] = () => Message(V1 with { Ca = new VirtualCa() }),
        ["not yet valid"] = () => Message(V1 with { Leaf = l => l with { NotBefore = l.NotBefore.AddMinutes(1) } }),
        ["expired"] = () => Message(V1 with { Leaf = l => l with { NotBefore = l.NotBefore.AddMinutes(-9), NotAfter = l.NotBefore.AddMinutes(-1) } }),
        ["for clients"] = () => Message(V1 with { Leaf = l => l.With(CertificateExtension.ExtendedKeyUsage(Oids.ClientAuth)) }),
        ["unknown critical extension"] = () => Message(V1 with { Leaf = l => l.With(new CertificateExtension(Oids.Unknown, true, Der.Null)) }),
        ["no SCT"] = () => Message(V1 with { Sct = SctOptions.Default with { Missing = true } }),
        ["SCT for another certificate"] = () => Message(V1 with { Sct = SctOptions.Default with { AlterTbs = t => [.. t[..^1], (byte)~t[^1]] } }),
        ["SCT for another issuer"] = () => Message(V1 with { Sct = SctOptions.Default with { Issuer = P384 } }),
        ["SCT of an unknown log"] = () => Message(V1 with { Sct = SctOptions.Default with { Logs = [new VirtualCtLog()] } }),
        ["promise for another body"] = () => Message(Promised(p => p with { Body = [1] })),
        ["promise for another index"] = () => Message(Promised(p => p with { LogIndex = p.LogIndex + 1 })),
        ["entry of another digest"] = () => Message(V1 with { AlterLogged = l => l with { Message = [1] } }),
        ["entry of another signature"] = () => Message(V1 with { AlterLogged = l => l with { Signature = l.Key.Sign(l.Message) } }),
        ["unknown log"] = () => Message(V1 with { Logs = [new VirtualRekorV1()] }),
        ["checkpoint by another key"] = () => Message(V2 with { Log = Noted(NoteOptions.Default with { Key = SigningKey.Ed25519() }) }),
        ["checkpoint of another name"] = () => Message(V2 with { Log = Noted(NoteOptions.Default with { Name = "other.test" }) }),
        ["rekor v2 without timestamp"] = () => Message(V2 with { Authorities = [] }),
        ["timestamp of another signature"] = () => Message(Stamped(t => t with { ImprintOf = [1] })),
        ["timestamp after expiry"] = () => Message(Stamped(t => t with { Time = VirtualSigstore.SigningTime.AddHours(1) })),
        ["timestamp with a broken signature"] = () => Message(Stamped(t => t with { AlterSignedInfo = i => [.. i[..^1], (byte)~i[^1]] })),
        ["timestamp by an unknown authority"] = () => Message(V2 with { Authorities = [OtherTsa] }),
        ["envelope about another artifact"] = () => Sigstore.Attestation(Digest.Of("other"u8), Predicate, new JsonObject(), V1),
    };

    public static byte[] Artifact { get; } = [.. "an artifact of the virtual Sigstore"u8];

    public static TheoryData<string> ValidNames { get; } = [.. ValidOnes.Keys];

    // @sigstore/verify 3.1 (the last for Node 20) compares the digest in such an entry with the payload's instead of that of what was signed;
    // it refuses the conformance suite's rekor2-dsse-happy-path as well.
    public static TheoryData<string> NamesForSigstoreJs { get; } = [.. ValidOnes.Keys.Where(name => name != "envelope rekor v2")];

    public static TheoryData<string> FaultyNames { get; } = [.. FaultyOnes.Keys];

    private static SigningKey P384 { get; } = SigningKey.Ecdsa(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384);

    public static JsonObject Valid(string name) => ValidOnes[name]();

    public static JsonObject Faulty(string name) => FaultyOnes[name]();

    private static JsonObject Message(MintOptions options) => Sigstore.Message(Artifact, options);

    private static JsonObject Envelope(MintOptions options) => Sigstore.Attestation(Digest.Of(Artifact), Predicate, new JsonObject(), options);

    private static LogOptions Noted(NoteOptions note) => LogOptions.Default with { Checkpoint = note };

    private static MintOptions Promised(Func<PromisedEntry, PromisedEntry> alter) =>
        V1 with { Log = LogOptions.Default with { AlterPromised = alter } };

    private static MintOptions Stamped(Func<TimestampOptions, TimestampOptions> alter) => V2 with { Timestamp = alter(TimestampOptions.Default) };
}
