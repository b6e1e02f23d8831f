using System.Security.Cryptography;
using System.Text;

namespace NodeGate.Audit;

/// <summary>
/// The hash chain (README "The chain"): a record's hash is the SHA-256 of its line as UTF-8 without the <c>hash</c> member; that text
/// contains <c>prev</c>, the hash of the record before it.
/// </summary>
internal static class AuditChain
{
    /// <summary>What the very first record has as <c>prev</c>.</summary>
    internal const string Genesis = "0000000000000000000000000000000000000000000000000000000000000000";

    private const int HexLength = 64;

    private static readonly byte[] HashMember = Encoding.ASCII.GetBytes(",\"hash\":\"");

    /// <summary>The hash of <paramref name="record"/>, which is the line up to, and without, the comma before <c>"hash"</c>.</summary>
    internal static string Hash(ReadOnlySpan<byte> record)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(record);
        hash.AppendData("}"u8);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// Splits a line (without its line feed) into the record that is hashed and the hash that it claims. The hash member is the last one
    /// and of fixed length, so no JSON parser's opinion is needed.
    /// </summary>
    internal static bool TrySplit(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> record, out string hash)
    {
        record = default;
        hash = "";
        var tail = HashMember.Length + HexLength + 2;
        if (line.Length <= tail || !line.EndsWith("\"}"u8))
        {
            return false;
        }

        var member = line[^tail..];
        var hex = member.Slice(HashMember.Length, HexLength);
        if (!member.StartsWith(HashMember) || hex.ContainsAnyExcept("0123456789abcdef"u8))
        {
            return false;
        }

        record = line[..^tail];
        hash = Encoding.ASCII.GetString(hex);
        return true;
    }
}
