using System.Text.Json;
using NodeGate.Testing.Signing;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tests.Certificates;

/// <summary>Real certificates: public-good and staging Fulcio, scaffolding, and what sigstore-conformance made of them.</summary>
[Trait("Category", "Conformance")]
public sealed class CertificateVectorTests
{
    private const string Held = "held";

    /// <summary>Every other bundle's certificate holds. These do not, and why.</summary>
    private static readonly Dictionary<string, string> Failing = new(StringComparer.Ordinal)
    {
        ["bundle-empty-certificate-chain_fail"] = "no certificate",
        ["bundle-malformed-json_fail"] = "no certificate",
        ["managed-key-and-trusted-root"] = "no certificate",
        ["managed-key-happy-path"] = "no certificate",
        ["managed-key-no-key_fail"] = "no certificate",
        ["managed-key-wrong-key_fail"] = "no certificate",
        ["public-key-validity.sigstore.json"] = "no certificate",
        ["bundle-from-wrong-instance_fail"] = "the certificate has a signature that is not of its issuer's key",
        ["intoto-expired-certificate_fail"] = "the issuer's certificate 'O=sigstore.mock, CN=sigstore' is valid from 2023-01-01T00:00:00Z to 2024-01-01",
        ["invalid-ct-key_fail"] = "no SCT of the certificate is of a trusted log: the log dd3d306ac6c7113263191e1c99673702a24a5eb8de3cadff878a72802f29ee8e",
        ["trust-root-tlog-missing-validity-start_fail"] = "not a trusted_root.json",
    };

    [VectorsFact]
    public void EveryBundlesCertificate_PathTimestampsAndIdentity_HoldOrFailForTheirReason()
    {
        var bundles = Bundles().ToList();
        Assert.True(bundles.Count > 70, $"only {bundles.Count} bundles");
        foreach (var (name, bundle, root) in bundles)
        {
            Assert.StartsWith(Failing.GetValueOrDefault(name, Held), Judge(bundle, root), StringComparison.Ordinal);
        }
    }

    [VectorsFact]
    public void Read_OtherName_IsTheUserName()
    {
        var der = Assert.Single(ReadCertificates(Vectors.PathOf("sigstore-go", "bundles", "othername.sigstore.json")));

        var identity = SigningIdentity.Read(Certificate.Read(der)).Value!;

        Assert.Equal(("foo!oidc.local", SubjectKind.UserName, "http://oidc.local:8080"), (identity.Subject, identity.Kind, identity.Issuer));
    }

    [VectorsFact]
    public void Read_WorkflowCertificate_HasItsExtensionsByName()
    {
        var der = Assert.Single(ReadCertificates(Vectors.PathOf("sigstore-conformance", "happy-path-v0.3", "bundle.sigstore.json")));

        var identity = SigningIdentity.Read(Certificate.Read(der)).Value!;

        Assert.Equal(SubjectKind.Uri, identity.Kind);
        Assert.Equal("sigstore-conformance/extremely-dangerous-public-oidc-beacon", identity.Extensions["githubWorkflowRepository"]);
        Assert.Equal("https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon", identity.Extensions["sourceRepositoryUri"]);
    }

    private static string Judge(string bundle, string root)
    {
        if (!TrustRoot.TryParse(File.ReadAllBytes(root), out var trust, out var error))
        {
            return error;
        }

        if (ReadCertificates(bundle) is not { Count: > 0 } ders)
        {
            return "no certificate";
        }

        try
        {
            var certificates = ders.Select(d => Certificate.Read(d)).ToList();
            var path = CertificatePathValidator.BuildToAny(
                certificates[0], [.. certificates.Skip(1)], trust.CertificateAuthorities, Oids.CodeSigning, [certificates[0].NotBefore]);
            if (!path.Holds)
            {
                return path.Detail;
            }

            var promised = SignedCertificateTimestamps.Check(certificates[0], path.Value!.Issuer, trust.CertificateLogs);
            var identity = SigningIdentity.Read(certificates[0]);
            return !promised.Holds ? promised.Detail : !identity.Holds ? identity.Detail : Held;
        }
        catch (EvidenceFormatException e)
        {
            return e.Message;
        }
    }

    private static IEnumerable<(string Name, string Path, string Root)> Bundles()
    {
        var publicGood = Vectors.PathOf("sigstore-root", "trusted_root.json");
        foreach (var folder in Directory.GetDirectories(Vectors.PathOf("sigstore-conformance")))
        {
            var bundle = Path.Combine(folder, "bundle.sigstore.json");
            var root = Path.Combine(folder, "trusted_root.json");
            if (File.Exists(bundle))
            {
                yield return (Path.GetFileName(folder), bundle, File.Exists(root) ? root : publicGood);
            }
        }

        foreach (var bundle in Directory.GetFiles(Vectors.PathOf("sigstore-go", "bundles")))
        {
            var name = Path.GetFileName(bundle);
            var root = name.StartsWith("othername", StringComparison.Ordinal) ? "scaffolding.json" : "public-good.json";
            yield return (name, bundle, Vectors.PathOf("sigstore-go", "trusted-roots", root));
        }
    }

    private static List<byte[]> ReadCertificates(string bundle)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(bundle));
            var material = json.RootElement.GetProperty("verificationMaterial");
            return material.TryGetProperty("certificate", out var single) ? [single.GetProperty("rawBytes").GetBytesFromBase64()]
                : material.TryGetProperty("x509CertificateChain", out var chain)
                    ? [.. chain.GetProperty("certificates").EnumerateArray().Select(c => c.GetProperty("rawBytes").GetBytesFromBase64())]
                    : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
