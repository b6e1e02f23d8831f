using System.Text.Json;
using NodeGate.Host.Trust;
using NodeGate.Oci;
using NodeGate.Verification;

namespace NodeGate.Conformance.Bundles;

/// <summary>What the suite asks about one bundle.</summary>
internal sealed record BundleQuestion(FileInfo Bundle, string? Identity, string? Issuer, FileInfo? Key, FileInfo? TrustedRoot, string Artifact)
{
    private const string Nowhere = "conformance.invalid/artifact";

    /// <summary>The result; or null and what is wrong with the question.</summary>
    public string? TryAnswer(out EvidenceResult? result)
    {
        result = null;
        var (root, problem) = ReadTrustRoot();
        if (root is null)
        {
            return problem;
        }

        var bytes = File.ReadAllBytes(Bundle.FullName);
        if (Requirement(root, AttestationTypeOf(bytes), out problem) is not { } requirement)
        {
            return problem;
        }

        result = EvidenceVerifier.Verify(new BundleEvidence(Digest.Of(bytes), bytes), Subject(), requirement);
        return null;
    }

    private SignerRequirement? Requirement(TrustRoot root, string? attestationType, out string? problem)
    {
        problem = null;
        if (Key is not null)
        {
            if (!PublicKey.TryParse(File.ReadAllBytes(Key.FullName), out var key, out problem))
            {
                return null;
            }

            return new KeyRequirement
            {
                Keys = [new TrustedKey(key, ValidityPeriod.Always)],
                TransparencyLog = new LogRequirement(root, 1, 0),
                AcceptBundle = true,
                AttestationType = attestationType,
            };
        }

        if (Identity is null || Issuer is null)
        {
            problem = "expected --key, or both --certificate-identity and --certificate-oidc-issuer";
            return null;
        }

        return new KeylessRequirement
        {
            TrustRoot = root,
            Identities = [new IdentityRequirement(TextPattern.Exactly(Issuer), TextPattern.Exactly(Identity))],
            AcceptBundle = true,
            AttestationType = attestationType,
        };
    }

    private (TrustRoot? Root, string? Problem) ReadTrustRoot()
    {
        if (TrustedRoot is null)
        {
            var builtIn = BuiltInTrust.TrustedRoot;
            return builtIn.Error is null ? Parse(builtIn.Content.Span, "the trust root of this build") : (null, builtIn.Error);
        }

        return Parse(File.ReadAllBytes(TrustedRoot.FullName), TrustedRoot.FullName);
    }

    private static (TrustRoot? Root, string? Problem) Parse(ReadOnlySpan<byte> content, string name) =>
        TrustRoot.TryParse(content, out var root, out var error) ? (root, null) : (null, $"{name}: {error}");

    private SignedSubject Subject()
    {
        var reference = ImageReference.Parse(Nowhere);
        if (Digest.TryParse(Artifact, out var digest))
        {
            return SignedSubject.KnownByDigest(reference, digest);
        }

        var content = File.ReadAllBytes(Artifact);
        return new SignedSubject(reference, new Descriptor(MediaTypes.OciManifest, Digest.Of(content), content.Length), content);
    }

    /// <summary>
    /// The suite asks whether a bundle verifies, whatever its statement is about; NodeGate always asks for one predicate type. So the one that
    /// the bundle claims is asked for.
    /// </summary>
    private static string? AttestationTypeOf(byte[] bundle)
    {
        try
        {
            using var document = JsonDocument.Parse(bundle);
            if (!document.RootElement.TryGetProperty("dsseEnvelope", out var envelope))
            {
                return null;
            }

            using var statement = JsonDocument.Parse(envelope.GetProperty("payload").GetBytesFromBase64());
            return statement.RootElement.GetProperty("predicateType").GetString();
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            // Not readable this way: the verifier says why.
            return null;
        }
    }
}
