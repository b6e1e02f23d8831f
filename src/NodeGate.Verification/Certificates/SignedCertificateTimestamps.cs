using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using NodeGate.Oci;
using NodeGate.Verification.Keys;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Certificates;

/// <summary>
/// Step <c>certificateTransparency</c>: a certificate log that is trusted promised to publish the certificate (RFC 6962 section 3; verification.md
/// section 2.10). Without it a Fulcio could issue certificates that nobody ever sees.
/// </summary>
internal static class SignedCertificateTimestamps
{
    private const byte Sha256 = 4;
    private const byte Rsa = 1;
    private const byte Ecdsa = 3;
    private const int LengthBytes = 3;
    private static readonly Asn1Tag Extensions = new(TagClass.ContextSpecific, 3, isConstructed: true);

    /// <summary>How many logs promised it, at least one.</summary>
    /// <param name="leaf">The signer's certificate.</param>
    /// <param name="issuer">Its issuer in the verified path; the promise is for this key only.</param>
    /// <param name="certificateLogs">The trusted logs. With none, nothing is asked for: a private Fulcio without a log.</param>
    public static Finding<int> Check(Certificate leaf, Certificate issuer, ImmutableArray<TransparencyLog> certificateLogs)
    {
        if (certificateLogs.IsEmpty)
        {
            return Finding.Pass(0, "the trust root has no certificate logs, so that no SCT is required");
        }

        var finding = Finding.Read(DecisionReason.CertificateInvalid, string.Empty, () => CountLogs(leaf, issuer, certificateLogs));
        return finding.Holds ? Finding.Pass(finding.Value, $"{finding.Value} trusted log(s) promised to publish the certificate") : finding;
    }

    private static int CountLogs(Certificate leaf, Certificate issuer, ImmutableArray<TransparencyLog> certificateLogs)
    {
        var extension = leaf.Find(Oids.SignedCertificateTimestamps);
        // check: sct-present
        if (extension is null)
        {
            throw new EvidenceFormatException("the certificate has no SCT, and the trust root has certificate logs");
        }

        var issuerKeyHash = SHA256.HashData(issuer.SubjectPublicKeyInfo.Span);
        var signed = PrecertificateTbs(leaf);
        var logs = new HashSet<TransparencyLog>();
        var others = new List<string>();
        foreach (var timestamp in CertificateTimestamp.ReadList(Unwrap(extension)))
        {
            var named = certificateLogs.Where(l => l.Key.Fingerprint == Digest.FromHash(DigestAlgorithm.Sha256, timestamp.LogId.Span)).ToList();
            var log = named.FirstOrDefault(l => l.ValidFor.Contains(timestamp.Time));
            // check: sct-log
            if (log is null)
            {
                others.Add(named.Count == 0
                    ? $"the log {Convert.ToHexStringLower(timestamp.LogId.Span)} is not in the trust root"
                    : $"the log {Shown.Text(named[0].BaseUrl)} is trusted {named[0].ValidFor}, and its SCT of {timestamp.Time:O} is not within");
                continue;
            }

            Verify(timestamp, log, issuerKeyHash, signed);
            logs.Add(log);
        }

        // check: sct-trusted
        if (logs.Count == 0)
        {
            throw new EvidenceFormatException($"no SCT of the certificate is of a trusted log: {string.Join("; ", others)}");
        }

        return logs.Count;
    }

    private static void Verify(CertificateTimestamp timestamp, TransparencyLog log, byte[] issuerKeyHash, byte[] tbs)
    {
        var kind = timestamp.SignatureAlgorithm switch
        {
            Ecdsa => SignatureKind.Ecdsa,
            Rsa => SignatureKind.RsaPkcs1,
            _ => default,
        };
        // check: sct-algorithm
        if (timestamp.HashAlgorithm != Sha256 || !log.Key.Is(kind))
        {
            throw new EvidenceFormatException(
                $"the SCT of the log {Shown.Text(log.BaseUrl)} states hash {timestamp.HashAlgorithm} and signature {timestamp.SignatureAlgorithm}; "
                + $"expected SHA-256 (4) and that of its key ({log.Key.Algorithm})");
        }

        // check: sct-signature
        if (!log.Key.Verifies(new SignatureScheme(kind, HashAlgorithmName.SHA256), Entry(timestamp, issuerKeyHash, tbs), timestamp.Signature.Span))
        {
            throw new EvidenceFormatException(
                $"the SCT of the log {Shown.Text(log.BaseUrl)} is not for this certificate and issuer, or was changed: its signature does not verify");
        }
    }

    /// <summary>What the log signed: CertificateTimestamp with a PreCert (RFC 6962 section 3.2).</summary>
    private static byte[] Entry(CertificateTimestamp timestamp, byte[] issuerKeyHash, byte[] tbs)
    {
        const int entryType = 1; // precert_entry
        var time = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(time, timestamp.Milliseconds);
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, tbs.Length);
        var extensions = timestamp.Extensions.Span;
        return
        [
            0, 0, .. time, 0, entryType, .. issuerKeyHash, .. length[^LengthBytes..], .. tbs,
            (byte)(extensions.Length >> 8), (byte)extensions.Length, .. extensions,
        ];
    }

    /// <summary>The list inside its second OCTET STRING (section 3.3).</summary>
    private static ReadOnlyMemory<byte> Unwrap(CertificateExtension extension)
    {
        try
        {
            var reader = new AsnReader(extension.Value, AsnEncodingRules.DER);
            var list = reader.ReadOctetString();
            reader.ThrowIfNotEmpty();
            return list;
        }
        catch (AsnContentException e)
        {
            throw new EvidenceFormatException($"the certificate's SCT extension is not strict DER: {e.Message}");
        }
    }

    /// <summary>
    /// The signed part as the log saw it: without the list of SCTs, which did not exist yet, and without the poison; all else byte by byte. It can
    /// be rebuilt because the certificate is DER.
    /// </summary>
    private static byte[] PrecertificateTbs(Certificate leaf)
    {
        var fields = new AsnReader(leaf.Tbs, AsnEncodingRules.DER).ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.PushSequence();
        while (!fields.PeekTag().HasSameClassAndValue(Extensions))
        {
            writer.WriteEncodedValue(fields.ReadEncodedValue().Span);
        }

        writer.PushSequence(Extensions);
        writer.PushSequence();
        var extensions = fields.ReadSequence(Extensions).ReadSequence();
        while (extensions.HasData)
        {
            var raw = extensions.ReadEncodedValue();
            var oid = new AsnReader(raw, AsnEncodingRules.DER).ReadSequence().ReadObjectIdentifier();
            if (oid is not (Oids.SignedCertificateTimestamps or Oids.PrecertificatePoison))
            {
                writer.WriteEncodedValue(raw.Span);
            }
        }

        writer.PopSequence();
        writer.PopSequence(Extensions);
        writer.PopSequence();
        return writer.Encode();
    }
}
