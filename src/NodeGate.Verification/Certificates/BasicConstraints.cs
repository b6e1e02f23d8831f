using System.Formats.Asn1;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Certificates;

/// <summary>Whether a certificate may certify others (RFC 5280 section 4.2.1.9).</summary>
/// <param name="IsAuthority">Whether it may.</param>
/// <param name="PathLength">How many intermediates may stand between it and the leaf; null: any number.</param>
internal sealed record BasicConstraints(bool IsAuthority, int? PathLength)
{
    private const int Most = 255;

    /// <exception cref="AsnContentException">Not DER.</exception>
    /// <exception cref="EvidenceFormatException">Not what it must be.</exception>
    public static BasicConstraints Read(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var sequence = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var stated = sequence.HasData && sequence.PeekTag() == Asn1Tag.Boolean;
        var isAuthority = stated && sequence.ReadBoolean();
        // check: basic-constraints-default
        if (stated && !isAuthority)
        {
            throw new EvidenceFormatException("the certificate's basicConstraints writes out cA FALSE, which DER leaves out");
        }

        if (!sequence.HasData)
        {
            return new BasicConstraints(isAuthority, null);
        }

        var pathLength = sequence.ReadInteger();
        sequence.ThrowIfNotEmpty();
        // check: basic-constraints-path-length
        if (!isAuthority || pathLength < 0 || pathLength > Most)
        {
            throw new EvidenceFormatException($"the certificate's basicConstraints has a pathLenConstraint without cA, or one that is not from 0 to {Most}");
        }

        return new BasicConstraints(isAuthority, (int)pathLength);
    }
}
