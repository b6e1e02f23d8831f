using System.Collections.Immutable;

namespace NodeGate.Registry.Auth;

/// <summary>One challenge of a Www-Authenticate header (RFC 9110 section 11.6.1). Parameter names are lower case.</summary>
internal sealed record Challenge(string Scheme, ImmutableDictionary<string, string> Parameters)
{
    internal bool IsBearer => Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase);

    internal bool IsBasic => Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase);
}
