using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.References;
using NodeGate.Oci;
using NodeGate.Verification;
using NodeGate.Verification.Trust;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>trusted_root.json. Oracles: a second JSON reader finds every member that is trusted, and no others; the same bytes have the same revision.</summary>
internal sealed class TrustRootTarget : IFuzzTarget
{
    public string Name => "trusted-root";

    public IReadOnlyList<Type> Parsers => [typeof(TrustRoot), typeof(TrustRootReader)];

    public IEnumerable<byte[]> Seeds => [];

    public string Check(byte[] input)
    {
        if (!TrustRoot.TryParse(input, out var root, out var error))
        {
            return Outcome.Refused(error);
        }

        var tree = JsonReference.Read(input, VerificationLimits.MaxJsonDepth);
        FuzzFailure.UnlessEqual(Digest.Of(input), root.Revision, "the revision is the hash of the file");
        FuzzFailure.Unless(root.Problem is null, "a trust root that was read can be used");
        FuzzFailure.UnlessEqual(
            Count(tree, "tlogs") + Count(tree, "ctlogs"), root.TransparencyLogs.Length + root.CertificateLogs.Length + root.Warnings.Length, "two readers find as many logs");
        Compare(tree, "tlogs", root.TransparencyLogs);
        Compare(tree, "ctlogs", root.CertificateLogs);
        Compare(tree, "certificateAuthorities", root.CertificateAuthorities);
        Compare(tree, "timestampAuthorities", root.TimestampAuthorities);
        return $"accepted {root.TransparencyLogs.Length} {root.CertificateLogs.Length} {root.CertificateAuthorities.Length} {root.TimestampAuthorities.Length}, warnings {root.Warnings.Length}";
    }

    private static int Count(object? tree, string name) => (JsonTree.At(tree, name) as List<object>)?.Count ?? 0;

    private static void Compare(object? tree, string name, IReadOnlyList<TransparencyLog> logs)
    {
        var keys = (JsonTree.At(tree, name) as List<object> ?? []).Select(log => JsonTree.Text(log, "publicKey", "rawBytes")).ToArray();
        FuzzFailure.Unless(logs.All(log => keys.Contains(Convert.ToBase64String(log.Key.SubjectPublicKeyInfo.Span))), $"every key of {name} stands in the file");
    }

    private static void Compare(object? tree, string name, IReadOnlyList<CertificateAuthority> authorities)
    {
        FuzzFailure.UnlessEqual(Count(tree, name), authorities.Count, $"two readers find as many {name}");
        for (var i = 0; i < authorities.Count; i++)
        {
            var certificates = (List<object>)JsonTree.At(tree, name, i, "certChain", "certificates")!;
            FuzzFailure.UnlessEqual(certificates.Count, authorities[i].Chain.Length, "two readers find as many certificates");
            FuzzFailure.UnlessEqual(JsonTree.Text(certificates[^1], "rawBytes"), Convert.ToBase64String(authorities[i].Anchor.Raw.Span), "two readers find the same anchor");
        }
    }
}
