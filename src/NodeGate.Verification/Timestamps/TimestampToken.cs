using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using NodeGate.Oci;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Signers;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Timestamps;

/// <summary>
/// A TimeStampToken (RFC 3161): a time that is signed together with the hash of something. The framework reads the CMS and verifies its
/// signature; what it lets pass (SHA-1, any certificate, verification.md section 7.3) is checked here.
/// </summary>
internal sealed class TimestampToken
{
    private readonly Rfc3161TimestampToken _token;

    private TimestampToken(Rfc3161TimestampToken token, ImmutableArray<Certificate> certificates)
    {
        _token = token;
        Certificates = certificates;
    }

    /// <summary>The time.</summary>
    public DateTimeOffset Time => _token.TokenInfo.Timestamp;

    /// <summary>The certificates in it: a stranger's, good for intermediates only.</summary>
    public ImmutableArray<Certificate> Certificates { get; }

    /// <exception cref="EvidenceFormatException">It is not a token, or one with weak hashes.</exception>
    public static TimestampToken Read(ReadOnlyMemory<byte> response)
    {
        var bytes = TimestampResponse.ReadToken(response);
        try
        {
            // Also: exactly one signer, TSTInfo as content, a signing-certificate attribute.
            // check: timestamp-token
            if (!Rfc3161TimestampToken.TryDecode(bytes, out var token, out _))
            {
                throw new EvidenceFormatException("the timestamp's token is not a TimeStampToken with one signer (RFC 3161)");
            }

            var cms = token!.AsSignedCms();
            // check: timestamp-hash
            if (HashOf(cms.SignerInfos[0].DigestAlgorithm) is null)
            {
                throw new EvidenceFormatException("the timestamp is signed with a hash that is not SHA-256, SHA-384 or SHA-512");
            }

            // check: limit-timestamp-certificates
            if (cms.Certificates.Count > VerificationLimits.MaxCertificates)
            {
                throw new EvidenceFormatException(
                    $"a timestamp with {cms.Certificates.Count} certificates; at most {VerificationLimits.MaxCertificates} are read", limitExceeded: true);
            }

            return new TimestampToken(token, [.. cms.Certificates.Select(c => Certificate.Read(c.RawDataMemory))]);
        }
        catch (CryptographicException)
        {
            throw new EvidenceFormatException("the timestamp's token cannot be read");
        }
    }

    /// <summary>Step <c>timestamp</c>: it is over this signature, the raw bytes, and not over something else such as the signed content's hash.</summary>
    public Finding<TimestampToken> CheckImprint(ReadOnlySpan<byte> signature)
    {
        var hash = HashOf(_token.TokenInfo.HashAlgorithmId);
        // check: timestamp-imprint-hash
        if (hash is null)
        {
            return Finding.Fail<TimestampToken>(
                DecisionReason.TimestampInvalid,
                $"the timestamp is over a hash of the kind {_token.TokenInfo.HashAlgorithmId.Value}; expected SHA-256, SHA-384 or SHA-512");
        }

        // check: timestamp-imprint
        if (!_token.TokenInfo.GetMessageHash().Span.SequenceEqual(CryptographicOperations.HashData(hash.Value, signature)))
        {
            return Finding.Fail<TimestampToken>(DecisionReason.TimestampInvalid, "the timestamp is over something else than this signature");
        }

        return Finding.Pass(this, $"over this signature, at {SignedTime.Text(Time)}");
    }

    /// <summary>The certificate whose key signed; null where none of its own or of the trusted ones did.</summary>
    public Certificate? FindSigner(ReadOnlySpan<byte> signature, ImmutableArray<Certificate> trusted)
    {
        var candidates = new X509Certificate2Collection();
        try
        {
            foreach (var certificate in trusted)
            {
                candidates.Add(X509CertificateLoader.LoadCertificate(certificate.Raw.Span));
            }

            // check: timestamp-signature
            if (!_token.VerifySignatureForData(signature, out var signer, candidates))
            {
                return null;
            }

            return Certificates.Concat(trusted).FirstOrDefault(c => c.Raw.Span.SequenceEqual(signer!.RawDataMemory.Span));
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            foreach (var certificate in candidates)
            {
                certificate.Dispose();
            }
        }
    }

    private static HashAlgorithmName? HashOf(Oid algorithm) => algorithm.Value switch
    {
        "2.16.840.1.101.3.4.2.1" => HashAlgorithmName.SHA256,
        "2.16.840.1.101.3.4.2.2" => HashAlgorithmName.SHA384,
        "2.16.840.1.101.3.4.2.3" => HashAlgorithmName.SHA512,
        _ => null,
    };
}
