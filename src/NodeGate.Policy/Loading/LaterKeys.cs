using System.Collections.Immutable;

namespace NodeGate.Policy.Loading;

/// <summary>
/// The keys of design.md section 6 that this version does not read. They are refused with what to do instead: to ignore one silently
/// would weaken the policy that its author believes to have written.
/// </summary>
internal static class LaterKeys
{
    public static ImmutableDictionary<string, string> None { get; } = ImmutableDictionary<string, string>.Empty;

    public static ImmutableDictionary<string, string> Authority { get; } = Of(
        ("notation", "'cosign' or 'keyless': sign with cosign as well, or keep this authority for a version that has notation"),
        ("notary", "'cosign' or 'keyless': sign with cosign as well, or keep this authority for a version that has notary"));

    private static ImmutableDictionary<string, string> Of(params ReadOnlySpan<(string Key, string Instead)> keys)
    {
        var builder = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, instead) in keys)
        {
            builder.Add(key, instead);
        }

        return builder.ToImmutable();
    }
}
