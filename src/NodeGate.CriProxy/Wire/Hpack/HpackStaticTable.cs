using System.Text;

namespace NodeGate.CriProxy.Wire.Hpack;

/// <summary>RFC 7541 appendix A.</summary>
internal static class HpackStaticTable
{
    public const int Count = 61;

    private static readonly (byte[] Name, byte[] Value)[] Pairs = BuildPairs();
    private static readonly HeaderField[] Entries = [.. Pairs.Select(pair => new HeaderField(pair.Name, pair.Value, neverIndexed: false))];

    /// <summary>The entry at <paramref name="index"/>, 1 to 61.</summary>
    public static HeaderField Get(int index) => Entries[index - 1];

    public static (int Index, int NameIndex) Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var nameIndex = 0;
        for (var i = 0; i < Pairs.Length; i++)
        {
            if (name.SequenceEqual(Pairs[i].Name))
            {
                nameIndex = nameIndex == 0 ? i + 1 : nameIndex;
                if (value.SequenceEqual(Pairs[i].Value))
                {
                    return (i + 1, nameIndex);
                }
            }
        }

        return (0, nameIndex);
    }

    private static (byte[] Name, byte[] Value)[] BuildPairs()
    {
        string[] lines =
        [
            ":authority", ":method|GET", ":method|POST", ":path|/", ":path|/index.html", ":scheme|http", ":scheme|https",
            ":status|200", ":status|204", ":status|206", ":status|304", ":status|400", ":status|404", ":status|500",
            "accept-charset", "accept-encoding|gzip, deflate", "accept-language", "accept-ranges", "accept",
            "access-control-allow-origin", "age", "allow", "authorization", "cache-control", "content-disposition",
            "content-encoding", "content-language", "content-length", "content-location", "content-range", "content-type",
            "cookie", "date", "etag", "expect", "expires", "from", "host", "if-match", "if-modified-since", "if-none-match",
            "if-range", "if-unmodified-since", "last-modified", "link", "location", "max-forwards", "proxy-authenticate",
            "proxy-authorization", "range", "referer", "refresh", "retry-after", "server", "set-cookie",
            "strict-transport-security", "transfer-encoding", "user-agent", "vary", "via", "www-authenticate",
        ];
        return [.. lines.Select(line => line.Split('|')).Select(parts =>
            (Encoding.ASCII.GetBytes(parts[0]), parts.Length > 1 ? Encoding.ASCII.GetBytes(parts[1]) : []))];
    }
}
