using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NodeGate.Oci;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Trust;

/// <summary>Reads <c>trusted_root.json</c> (sigstore_trustroot.proto as JSON). Unknown members are ignored, as proto3 readers of newer files must.</summary>
internal sealed class TrustRootReader
{
    private const int KeyIdBytes = 32;

    private static readonly ImmutableArray<string> MediaTypes =
    [
        "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "application/vnd.dev.sigstore.trustedroot+json;version=0.2",
        "application/vnd.dev.sigstore.trustedroot.v0.1+json",
        "application/vnd.dev.sigstore.trustedroot.v0.2+json",
    ];

    private readonly ImmutableArray<string>.Builder _warnings = ImmutableArray.CreateBuilder<string>();

    private TrustRootReader()
    {
    }

    public static bool TryRead(ReadOnlySpan<byte> content, [NotNullWhen(true)] out TrustRoot? trustRoot, [NotNullWhen(false)] out string? error)
    {
        trustRoot = null;
        error = null;
        try
        {
            trustRoot = new TrustRootReader().Read(content);
        }
        catch (EvidenceFormatException e)
        {
            error = $"not a trusted_root.json: {e.Message}";
        }

        return trustRoot is not null;
    }

    private TrustRoot Read(ReadOnlySpan<byte> content)
    {
        // check: limit-trust-root
        if (content.Length > VerificationLimits.MaxTrustRootBytes)
        {
            throw new EvidenceFormatException($"{content.Length} bytes; at most {VerificationLimits.MaxTrustRootBytes} are read", limitExceeded: true);
        }

        var root = StrictJson.Parse(content);
        var mediaType = root.Required("mediaType");
        // check: trust-root-media-type
        if (!MediaTypes.Contains(mediaType.Text(), StringComparer.Ordinal))
        {
            throw mediaType.Wrong($"is {Shown.Text(mediaType.Text())}; versions 0.1 and 0.2 of trustedroot are known");
        }

        return new TrustRoot(
            Digest.Of(content),
            Logs(root, "tlogs", requireStart: true),
            CertificateLogs(root),
            Authorities(root, "certificateAuthorities"),
            Authorities(root, "timestampAuthorities"),
            _warnings.ToImmutable(),
            problem: null);
    }

    private ImmutableArray<TransparencyLog> CertificateLogs(StrictNode root)
    {
        var logs = Logs(root, "ctlogs", requireStart: false);
        // With none at all no SCT is asked for, which is only the choice of a trust root that lists none.
        // check: trust-root-certificate-logs
        if (logs.IsEmpty && root.Optional("ctlogs") is { } listed && !listed.Items(VerificationLimits.MaxTrustRootMembers).IsEmpty)
        {
            throw listed.Wrong("has only logs with keys that are not known, so that no SCT could be verified");
        }

        return logs;
    }

    private ImmutableArray<TransparencyLog> Logs(StrictNode root, string name, bool requireStart)
    {
        var logs = ImmutableArray.CreateBuilder<TransparencyLog>();
        foreach (var node in root.Optional(name)?.Items(VerificationLimits.MaxTrustRootMembers) ?? [])
        {
            if (ReadLog(node, requireStart) is { } log)
            {
                logs.Add(log);
            }
        }

        return logs.DrainToImmutable();
    }

    private TransparencyLog? ReadLog(StrictNode node, bool requireStart)
    {
        var baseUrl = node.Required("baseUrl").Text();
        var publicKey = node.Required("publicKey");
        var validFor = Period(publicKey.Optional("validFor"));
        // Without its start an old, long retired key of the log would be good for everything (conformance: trust-root-tlog-missing-validity-start).
        // check: trust-root-log-start
        if (requireStart && validFor.Start is null)
        {
            throw publicKey.Wrong("has no 'validFor.start', which a transparency log's key must have");
        }

        var hash = node.Optional("hashAlgorithm")?.Text() ?? "SHA2_256";
        // check: trust-root-log-hash
        if (hash != "SHA2_256")
        {
            throw node.Wrong($"has the hashAlgorithm {Shown.Text(hash)}; expected SHA2_256 (RFC 6962)");
        }

        // A key of a kind that is not known takes its log out, not the whole root: public roots get new members before their readers do.
        if (!PublicKey.TryParse(publicKey.Required("rawBytes").Bytes(VerificationLimits.MaxKeyBytes), out var key, out var error))
        {
            _warnings.Add($"the log {Shown.Text(baseUrl)} is left out: {error}");
            return null;
        }

        return new TransparencyLog(
            baseUrl,
            KeyId(node.Required("logId")),
            key,
            validFor,
            node.Optional("operator")?.Text() ?? TransparencyLog.HostOf(baseUrl),
            node.Optional("checkpointKeyId") is { } checkpointKeyId ? KeyId(checkpointKeyId) : null);
    }

    private static byte[] KeyId(StrictNode node)
    {
        var keyId = node.Required("keyId").Bytes(KeyIdBytes);
        // check: trust-root-log-id
        if (keyId.Length != KeyIdBytes)
        {
            throw node.Wrong($"has a keyId of {keyId.Length} bytes; expected {KeyIdBytes}");
        }

        return keyId;
    }

    private ImmutableArray<CertificateAuthority> Authorities(StrictNode root, string name)
    {
        var authorities = ImmutableArray.CreateBuilder<CertificateAuthority>();
        foreach (var node in root.Optional(name)?.Items(VerificationLimits.MaxTrustRootMembers) ?? [])
        {
            var chain = node.Required("certChain").Required("certificates").Items(VerificationLimits.MaxCertificates);
            // check: trust-root-chain-empty
            if (chain.IsEmpty)
            {
                throw node.Wrong("has an empty certChain");
            }

            authorities.Add(new CertificateAuthority(
                node.Optional("uri")?.Text() ?? string.Empty,
                [.. chain.Select(c => Certificate.Read(c.Required("rawBytes").Bytes(VerificationLimits.MaxCertificateBytes)))],
                Period(node.Optional("validFor"))));
        }

        return authorities.DrainToImmutable();
    }

    private static ValidityPeriod Period(StrictNode? node) =>
        node is { } period ? new ValidityPeriod(period.Optional("start")?.Time(), period.Optional("end")?.Time()) : ValidityPeriod.Always;
}
