using System.Collections.Frozen;
using System.Net;
using NodeGate.Registry.Http;

namespace NodeGate.Registry.Auth;

/// <summary>
/// Decides whether a token realm may see the credentials that are meant for the registry naming it. The attack: a registry, a mirror or a
/// machine in the middle of plain http answers 401 with a realm elsewhere, and the client carries the pull secret there (ratify
/// CVE-2025-27403), or fetches a token of another registry and hands it over.
/// </summary>
/// <remarks>
/// Own is the same host name (any port), the same registrable domain (registry-1.docker.io and auth.docker.io, registry.gitlab.com and
/// gitlab.com), or a pair of <see cref="KnownPairs"/>. Everything else is foreign. The registrable domain is the last two labels, three
/// below a country's generic second level, and one more than a suffix of <see cref="SharedSuffixes"/>, below which strangers have names.
/// </remarks>
internal static class RealmRule
{
    private static readonly FrozenSet<string> SharedSuffixes = FrozenSet.ToFrozenSet(
    [
        "amazonaws.com", "amazonaws.com.cn", "azurecr.io", "azurecr.cn", "azurecr.us", "azurewebsites.net", "azure-api.net", "windows.net",
        "cloudapp.azure.com", "cloudfront.net", "elasticbeanstalk.com", "awsapprunner.com", "appspot.com", "run.app", "web.app",
        "googleapis.com", "googleusercontent.com", "firebaseapp.com", "herokuapp.com", "github.io", "githubusercontent.com", "github.dev",
        "gitlab.io", "jfrog.io", "cloudsmith.io", "scw.cloud", "aliyuncs.com", "myhuaweicloud.com", "tencentcloudcr.com", "ocir.io",
        "oraclecloud.com", "vercel.app", "netlify.app", "pages.dev", "workers.dev", "r2.dev", "fly.dev", "onrender.com",
        "digitaloceanspaces.com", "ondigitalocean.app", "ngrok.io", "ngrok.app", "ngrok-free.app", "ngrok.dev", "trycloudflare.com",
        "nip.io", "sslip.io", "duckdns.org", "no-ip.org", "ddns.net", "svc", "svc.cluster.local",
    ]);

    private static readonly FrozenSet<string> GenericSecondLevels =
        FrozenSet.ToFrozenSet(["co", "com", "net", "org", "gov", "gob", "gouv", "edu", "ac", "or", "ne", "go", "nom", "ltd", "plc"]);

    /// <summary>Registries whose token server has another name, by suffix of the registry and exact host of the realm.</summary>
    private static readonly (string Registry, string Realm)[] KnownPairs =
        [("registry.hub.docker.com", "auth.docker.io"), ("lscr.io", "ghcr.io"), (".scw.cloud", "api.scaleway.com"), ("registry.redhat.io", "sso.redhat.com")];

    /// <param name="registry">Where the challenge came from.</param>
    /// <param name="realm">The challenge's realm, as sent.</param>
    /// <param name="uri">The realm, unless it is refused.</param>
    internal static RealmVerdict Judge(Uri registry, string realm, out Uri? uri)
    {
        uri = null;
        if (realm.Length > RegistryLimits.MaxUrlLength
            || !Uri.TryCreate(realm, UriKind.Absolute, out var parsed)
            || parsed.UserInfo.Length > 0
            || parsed.Fragment.Length > 0
            || !MayBeSpokenTo(registry, parsed)
            || !UrlRules.HasHost(parsed)
            || UrlRules.PointsIntoNode(registry, parsed))
        {
            return RealmVerdict.Refused;
        }

        uri = parsed;
        return IsOwn(Name(registry), Name(parsed)) ? RealmVerdict.Own : RealmVerdict.Foreign;
    }

    private static bool MayBeSpokenTo(Uri registry, Uri realm) =>
        realm.Scheme == Uri.UriSchemeHttps || (realm.Scheme == Uri.UriSchemeHttp && registry.Scheme == Uri.UriSchemeHttp);

    private static bool IsOwn(string registry, string realm)
    {
        if (registry == realm)
        {
            return true;
        }

        foreach (var (knownRegistry, knownRealm) in KnownPairs)
        {
            if (realm == knownRealm && (registry == knownRegistry || (knownRegistry[0] == '.' && registry.EndsWith(knownRegistry, StringComparison.Ordinal))))
            {
                return true;
            }
        }

        return RegistrableDomain(registry) is { } domain && domain == RegistrableDomain(realm);
    }

    /// <summary>null where only the very same name is the same owner: addresses, single labels, public suffixes themselves.</summary>
    internal static string? RegistrableDomain(string host)
    {
        var labels = host.Split('.');
        if (IPAddress.TryParse(host, out _) || labels.Length < 2)
        {
            return null;
        }

        var take = labels[^1].Length == 2 && GenericSecondLevels.Contains(labels[^2]) ? 3 : 2;
        for (var suffix = 1; suffix <= labels.Length; suffix++)
        {
            if (SharedSuffixes.Contains(string.Join('.', labels[^suffix..])))
            {
                take = Math.Max(take, suffix + 1);
            }
        }

        return labels.Length >= take ? string.Join('.', labels[^take..]) : null;
    }

    private static string Name(Uri uri) => uri.IdnHost.TrimEnd('.').ToLowerInvariant();
}
