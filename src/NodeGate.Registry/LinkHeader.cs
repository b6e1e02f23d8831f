namespace NodeGate.Registry;

/// <summary>The <c>rel="next"</c> target of Link headers (RFC 8288), as the distribution specification pages with it.</summary>
internal static class LinkHeader
{
    /// <summary>null where there is no next page. Only the first target with rel=next counts.</summary>
    internal static string? Next(IEnumerable<string> headers)
    {
        foreach (var header in headers)
        {
            var rest = header.AsSpan();
            while (rest.IndexOf('<') is >= 0 and var start)
            {
                rest = rest[(start + 1)..];
                var end = rest.IndexOf('>');
                if (end < 0)
                {
                    break;
                }

                var target = rest[..end];
                rest = rest[(end + 1)..];
                var stop = rest.IndexOf('<');
                var parameters = stop < 0 ? rest : rest[..stop];
                if (IsNext(parameters))
                {
                    return target.Trim().ToString();
                }
            }
        }

        return null;
    }

    private static bool IsNext(ReadOnlySpan<char> parameters)
    {
        foreach (var range in parameters.Split(';'))
        {
            var parameter = parameters[range].Trim(" \t,");
            var equals = parameter.IndexOf('=');
            if (equals > 0
                && parameter[..equals].Trim().Equals("rel", StringComparison.OrdinalIgnoreCase)
                && parameter[(equals + 1)..].Trim(" \t\"").Equals("next", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
