using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using NodeGate.Oci;
using NodeGate.Verification.Certificates;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Timestamps;

/// <summary>
/// A TimeStampToken (RFC 3161): a time that is signed together with the hash of something, as CMS SignedData (RFC 5652) in strict DER. The
/// framework's reader is only the tests' oracle: it takes SHA-1, signatures without a content type and any certificate (verification.md
/// section 7.3), and verifies while it reads, so that a wrong signature cannot be told from a wrong shape.
/// </summary>
internal sealed class TimestampToken
{
    private const string SignedData = "1.2.840.113549.1.7.2";
    private const string TstInfo = "1.2.840.113549.1.9.16.1.4";

    private static readonly Asn1Tag ContentTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag CertificatesTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag RevocationTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    private readonly TimestampInfo _info;
    private readonly CmsSigner _signer;

    private TimestampToken(TimestampInfo info, CmsSigner signer, ImmutableArray<Certificate> certificates)
    {
        _info = info;
        _signer = signer;
        Certificates = certificates;
    }

    /// <summary>The time.</summary>
    public DateTimeOffset Time => _info.Time;

    /// <summary>The certificates in it: a stranger's, good for signer and intermediates only, never for an anchor.</summary>
    public ImmutableArray<Certificate> Certificates { get; }

    /// <param name="response">A TimeStampResp.</param>
    /// <exception cref="EvidenceFormatException">It is not one, or one that is not accepted.</exception>
    public static TimestampToken Read(ReadOnlyMemory<byte> response)
    {
        var token = TimestampResponse.ReadToken(response);
        try
        {
            return ReadStrict(token);
        }
        catch (AsnContentException e)
        {
            throw new EvidenceFormatException($"the timestamp's token is not a TimeStampToken in strict DER: {e.Message}");
        }
    }

    private static TimestampToken ReadStrict(ReadOnlyMemory<byte> token)
    {
        var contentInfo = new AsnReader(token, AsnEncodingRules.DER).ReadSequence();
        var type = contentInfo.ReadObjectIdentifier();
        var wrapper = contentInfo.ReadSequence(ContentTag);
        contentInfo.ThrowIfNotEmpty();
        var data = wrapper.ReadSequence();
        wrapper.ThrowIfNotEmpty();
        data.ReadIntegerBytes();
        // The hashes that the signers used; what counts is what each of them says.
        for (var hashes = data.ReadSetOf(skipSortOrderValidation: true); hashes.HasData;)
        {
            CmsAlgorithm.ReadHash(hashes);
        }

        var encapsulated = data.ReadSequence();
        var contentType = encapsulated.ReadObjectIdentifier();
        var content = encapsulated.ReadSequence(ContentTag).ReadOctetString();
        encapsulated.ThrowIfNotEmpty();
        // A signature over something else must not be read as one over a time.
        // check: timestamp-type
        if (type != SignedData || contentType != TstInfo)
        {
            throw new EvidenceFormatException($"the timestamp's token is of the type {type} with content of the type {contentType}; expected a signed TSTInfo");
        }

        var certificates = data.PeekTag().HasSameClassAndValue(CertificatesTag)
            ? ReadCertificates(data.ReadSetOf(skipSortOrderValidation: true, CertificatesTag))
            : [];
        if (data.PeekTag().HasSameClassAndValue(RevocationTag))
        {
            data.ReadEncodedValue();
        }

        var signers = data.ReadSetOf(skipSortOrderValidation: true);
        data.ThrowIfNotEmpty();
        var signer = new CmsSigner(signers.ReadSequence());
        // A second signer would be one that nobody verifies.
        // check: timestamp-one-signer
        if (signers.HasData)
        {
            throw new EvidenceFormatException("the timestamp has more than one signer");
        }

        signer.CheckContent(TstInfo, content);
        return new TimestampToken(TimestampInfo.Read(content), signer, certificates);
    }

    private static ImmutableArray<Certificate> ReadCertificates(AsnReader set)
    {
        var certificates = ImmutableArray.CreateBuilder<Certificate>(initialCapacity: 1);
        while (set.HasData)
        {
            // check: limit-timestamp-certificates
            if (certificates.Count == VerificationLimits.MaxCertificates)
            {
                throw new EvidenceFormatException(
                    $"a timestamp with more than {VerificationLimits.MaxCertificates} certificates", limitExceeded: true);
            }

            certificates.Add(Certificate.Read(set.ReadEncodedValue()));
        }

        return certificates.ToImmutable();
    }

    /// <summary>Step <c>timestamp</c>: it is over this signature, the raw bytes, and not over something else such as the signed content's hash.</summary>
    public Finding<TimestampToken> CheckImprint(ReadOnlySpan<byte> signature)
    {
        // check: timestamp-imprint
        if (!_info.Imprint.AsSpan().SequenceEqual(CryptographicOperations.HashData(_info.ImprintHash, signature)))
        {
            return Finding.Fail<TimestampToken>(DecisionReason.TimestampInvalid, "the timestamp is over something else than this signature");
        }

        return Finding.Pass(this, $"over this signature, at {Shown.Time(Time)}");
    }

    /// <summary>The certificate that the signer names, of those in the token and the trusted ones, if its key made the signature.</summary>
    /// <param name="trusted">What is meant where the token has no certificate.</param>
    public Finding<Certificate> FindSigner(IEnumerable<Certificate> trusted)
    {
        var named = Certificates.Concat(trusted).FirstOrDefault(_signer.Names);
        if (named is null)
        {
            return Finding.Fail<Certificate>(
                DecisionReason.TimestampInvalid, "the certificate that signed the timestamp is neither in it nor in the trust root");
        }

        // check: timestamp-signature
        if (!_signer.IsSignedBy(named))
        {
            return Finding.Fail<Certificate>(DecisionReason.TimestampInvalid, "the timestamp's signature is not that of its certificate's key");
        }

        return Finding.Pass(named, "signed");
    }
}
