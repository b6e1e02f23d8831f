using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Registry.Http;

namespace NodeGate.Registry.Auth;

/// <summary>The one challenge of a host that is answered.</summary>
/// <param name="Realm">The token server; null for Basic.</param>
/// <param name="IsForeign">The token server is not the registry's own.</param>
/// <param name="Service">The token server's name for the registry.</param>
/// <param name="Scopes">What the registry says it wants, reduced to reading.</param>
internal sealed record HostChallenge(Uri? Realm, bool IsForeign, string? Service, ImmutableArray<string> Scopes)
{
    /// <summary>Bearer before Basic, as containerd has it; null where there is neither.</summary>
    /// <exception cref="HostException">The challenge cannot be followed.</exception>
    internal static HostChallenge? Choose(IEnumerable<string> headers, Uri registry)
    {
        ImmutableArray<Challenge> challenges;
        try
        {
            challenges = ChallengeParser.Parse(headers);
        }
        catch (FormatException e)
        {
            throw new HostException(ContentFailure.Unauthorized, $"access refused with a Www-Authenticate header that is not one: {e.Message}", e);
        }

        if (challenges.FirstOrDefault(c => c.IsBearer) is not { } bearer)
        {
            return challenges.Any(c => c.IsBasic) ? new HostChallenge(null, false, null, []) : null;
        }

        if (!bearer.Parameters.TryGetValue("realm", out var realm))
        {
            throw new HostException(ContentFailure.Unauthorized, "access refused with a Bearer challenge that names no realm");
        }

        var verdict = RealmRule.Judge(registry, realm, out var uri);
        if (uri is null)
        {
            throw new HostException(
                ContentFailure.Unauthorized,
                "access refused with a token realm that is not followed: expected an https URL, or http where the registry itself is spoken to over http, outside the node");
        }

        return new HostChallenge(uri, verdict != RealmVerdict.Own, bearer.Parameters.GetValueOrDefault("service"), Reduce(bearer.Parameters.GetValueOrDefault("scope")));
    }

    /// <summary>What is worth remembering for the next pull: no other repository's scope.</summary>
    internal HostChallenge WithoutRepositories() =>
        this with { Scopes = [.. Scopes.Where(scope => !scope.StartsWith("repository:", StringComparison.Ordinal))] };

    private static ImmutableArray<string> Reduce(string? scope)
    {
        var scopes = ImmutableArray.CreateBuilder<string>();
        foreach (var item in (scope ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal))
        {
            // A gate reads. A registry that asks for a pushing, deleting or catalogue token gets none from us.
            if (item.StartsWith("repository:", StringComparison.Ordinal))
            {
                scopes.Add(item[..(item.LastIndexOf(':') + 1)] + "pull");
            }
            else if (!item.StartsWith("registry:", StringComparison.Ordinal))
            {
                scopes.Add(item);
            }
        }

        return scopes.Count <= RegistryLimits.MaxScopes - 1
            ? scopes.ToImmutable()
            : throw new HostException(ContentFailure.LimitExceeded, $"its challenge has more than {RegistryLimits.MaxScopes - 1} scopes");
    }
}
