using System.Collections.Immutable;

namespace NodeGate.Testing.Registries;

/// <summary>One request as the server got it. Header names in lower case.</summary>
public sealed record LoggedRequest(string Method, string Path, string Query, ImmutableDictionary<string, string> Headers)
{
    public string? Authorization => Headers.GetValueOrDefault("authorization");

    public override string ToString() => $"{Method} {Path}{Query}";
}
