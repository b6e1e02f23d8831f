using System.Formats.Asn1;
using System.Security.Cryptography;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Timestamps;

/// <summary>What a timestamp authority signs (RFC 3161 section 2.4.2, TSTInfo).</summary>
/// <param name="ImprintHash">The hash of the imprint.</param>
/// <param name="Imprint">The imprint.</param>
/// <param name="Time">The time.</param>
internal sealed record TimestampInfo(HashAlgorithmName ImprintHash, byte[] Imprint, DateTimeOffset Time)
{
    private static readonly Asn1Tag AuthorityTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 1, isConstructed: true);

    /// <exception cref="AsnContentException">It is no TSTInfo.</exception>
    /// <exception cref="EvidenceFormatException">It is none that is accepted.</exception>
    public static TimestampInfo Read(ReadOnlyMemory<byte> content)
    {
        var outer = new AsnReader(content, AsnEncodingRules.DER);
        var info = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        // check: timestamp-version
        if (!info.TryReadInt32(out var version) || version != 1)
        {
            throw new EvidenceFormatException("the timestamp is not of version 1");
        }

        info.ReadObjectIdentifier();
        var imprint = info.ReadSequence();
        var hash = CmsAlgorithm.ReadHash(imprint);
        // check: timestamp-imprint-hash
        if (hash is null)
        {
            throw new EvidenceFormatException("the timestamp's imprint is of a hash that is not SHA-256, SHA-384 or SHA-512");
        }

        var value = imprint.ReadOctetString();
        imprint.ThrowIfNotEmpty();
        info.ReadIntegerBytes();
        var time = info.ReadGeneralizedTime();
        ReadRest(info);
        return new TimestampInfo(hash.Value, value, time);
    }

    /// <summary>Accuracy, ordering, nonce and the authority's name: read past, since no rule looks at them.</summary>
    private static void ReadRest(AsnReader info)
    {
        if (Next(info, Asn1Tag.Sequence))
        {
            info.ReadSequence();
        }

        if (Next(info, Asn1Tag.Boolean))
        {
            info.ReadBoolean();
        }

        if (Next(info, Asn1Tag.Integer))
        {
            info.ReadIntegerBytes();
        }

        if (Next(info, AuthorityTag))
        {
            info.ReadEncodedValue();
        }

        if (Next(info, ExtensionsTag))
        {
            ReadExtensions(info.ReadSequence(ExtensionsTag));
        }

        info.ThrowIfNotEmpty();
    }

    private static void ReadExtensions(AsnReader extensions)
    {
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var oid = extension.ReadObjectIdentifier();
            // check: timestamp-critical-extension
            if (Next(extension, Asn1Tag.Boolean) && extension.ReadBoolean())
            {
                throw new EvidenceFormatException($"the timestamp has the critical extension {oid}, which is not known");
            }
        }
    }

    private static bool Next(AsnReader reader, Asn1Tag tag) => reader.HasData && reader.PeekTag().HasSameClassAndValue(tag);
}
