using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace NodeGate.Verification.Strict;

/// <summary>One PEM block (RFC 7468) with nothing but white space around it: what stands beside a block is read by one tool and skipped by another.</summary>
internal static class StrictPem
{
    public static bool TryReadOne(ReadOnlySpan<char> text, string label, [NotNullWhen(true)] out byte[]? der)
    {
        der = null;
        text = text.Trim();
        if (!PemEncoding.TryFind(text, out var fields) || !text[fields.Label].SequenceEqual(label))
        {
            return false;
        }

        // check: pem-single
        if (fields.Location.Start.Value != 0 || fields.Location.End.Value != text.Length)
        {
            return false;
        }

        return StrictBase64.TryDecode(string.Concat(text[fields.Base64Data].ToString().Where(c => !char.IsWhiteSpace(c))), out der);
    }
}
