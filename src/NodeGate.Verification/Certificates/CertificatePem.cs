using System.Collections.Immutable;
using System.Security.Cryptography;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Certificates;

/// <summary>Reads certificates in PEM (RFC 7468): one or more <c>CERTIFICATE</c> blocks, with nothing but white space around them.</summary>
internal static class CertificatePem
{
    private const string Label = "CERTIFICATE";

    /// <summary>The certificates in their order; at least one.</summary>
    /// <exception cref="EvidenceFormatException">It is not such a text.</exception>
    public static ImmutableArray<Certificate> Read(ReadOnlySpan<char> pem) => [.. ReadDer(pem).Select(der => Certificate.Read(der))];

    /// <summary>The same, of which the certificates are not read yet.</summary>
    /// <exception cref="EvidenceFormatException">It is not such a text.</exception>
    public static ImmutableArray<byte[]> ReadDer(ReadOnlySpan<char> pem)
    {
        var certificates = ImmutableArray.CreateBuilder<byte[]>();
        var rest = pem.Trim();
        do
        {
            byte[]? der = [];
            var isRead = PemEncoding.TryFind(rest, out var block)
                && StrictBase64.TryDecode(string.Concat(rest[block.Base64Data].ToString().Where(c => !char.IsWhiteSpace(c))), out der);
            // check: certificate-pem
            if (!isRead || block.Location.Start.Value != 0 || !rest[block.Label].SequenceEqual(Label))
            {
                throw new EvidenceFormatException("not PEM of certificates alone; expected blocks '-----BEGIN CERTIFICATE-----' and nothing beside them");
            }

            // check: limit-certificate-pem
            if (certificates.Count == VerificationLimits.MaxCertificates)
            {
                throw new EvidenceFormatException($"more than {VerificationLimits.MaxCertificates} certificates", limitExceeded: true);
            }

            certificates.Add(der!);
            rest = rest[block.Location.End.Value..].TrimStart();
        }
        while (!rest.IsEmpty);
        return certificates.DrainToImmutable();
    }
}
