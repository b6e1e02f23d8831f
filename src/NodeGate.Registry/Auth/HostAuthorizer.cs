using System.Security.Cryptography;
using System.Text;
using NodeGate.Oci;
using NodeGate.Registry.Hosts;
using NodeGate.Registry.Http;

namespace NodeGate.Registry.Auth;

/// <summary>
/// The Authorization header for one host and repository of one source. What a caller's credentials earned is never used for another
/// caller: tokens are kept under a keyed hash of the credential.
/// </summary>
internal sealed class HostAuthorizer(RegistryContext context, RegistryHost host, string repository, ICredentialSource credentials, RequestCounter counter)
{
    /// <summary>The same text with wrong credentials, with none and from a token server: the kubelet compares texts across credentials.</summary>
    internal const string AccessRefused = "access refused; check that the pull secret may read this repository";

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private string? _header;
    private volatile bool _wasAsked;

    /// <summary>
    /// What is known already: of this source, or of the host's last challenge, which saves the round with the 401. A guess of the second kind
    /// may not decide anything: a registry that is open to anybody must not look closed because somebody else was asked for a password.
    /// </summary>
    internal async ValueTask<(string? Header, bool IsGuess)> CurrentAsync(Uri uri, CancellationToken cancellationToken)
    {
        var header = Volatile.Read(ref _header);
        if (_wasAsked || !context.Challenges.TryGet(Origin(uri), out var challenge))
        {
            return (header, false);
        }

        try
        {
            return (header ?? await AnswerAsync(challenge, refused: null, uri, cancellationToken), true);
        }
        catch (HostException e) when (e.Failure == ContentFailure.Unauthorized)
        {
            RegistryLog.HostFailed(context.Logger, host.Authority, e.Message, "token ahead of a challenge");
            return (null, false);
        }
    }

    /// <summary>A guess was wrong: from now on this source answers only what it is asked.</summary>
    internal void DropGuess()
    {
        _wasAsked = true;
        Volatile.Write(ref _header, null);
    }

    /// <summary>Answers the 401 that <paramref name="refused"/> got.</summary>
    /// <exception cref="HostException">There is no answer.</exception>
    internal async Task<string> AnswerAsync(IEnumerable<string> wwwAuthenticate, string? refused, Uri uri, CancellationToken cancellationToken)
    {
        _wasAsked = true;
        var challenge = HostChallenge.Choose(wwwAuthenticate, uri);
        var header = challenge is null ? null : await AnswerAsync(challenge, refused, uri, cancellationToken);
        if (header is not null && challenge is not null)
        {
            context.Challenges.Set(Origin(uri), challenge.WithoutRepositories(), RegistryLimits.HostMemory);
            return header;
        }

        throw Refused(challenge);
    }

    /// <summary>The failure to report when the host still refuses.</summary>
    internal HostException Refused(Uri uri)
    {
        context.Challenges.TryGet(Origin(uri), out var challenge);
        return Refused(challenge);
    }

    private static HostException Refused(HostChallenge? challenge) => new(
        ContentFailure.Unauthorized,
        challenge is { IsForeign: true, Realm: { } realm }
            ? $"access refused; it names the token server '{realm.IdnHost}', which is no part of it, so no credentials are sent there"
            : AccessRefused);

    private async Task<string?> AnswerAsync(HostChallenge challenge, string? refused, Uri uri, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            // Another request of this source may have answered meanwhile.
            if (_header is not null && _header != refused)
            {
                return _header;
            }

            var credential = credentials.For(host.Authority, repository);
            var header = challenge.Realm is null
                ? credential is { IsIdentityToken: false } ? credential.BasicHeader() : null
                : await BearerAsync(challenge, credential, refused, uri, cancellationToken);
            _header = header == refused ? null : header;
            return _header;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task<string> BearerAsync(HostChallenge challenge, HostCredential? credential, string? refused, Uri uri, CancellationToken cancellationToken)
    {
        if (challenge.IsForeign && credential is not null)
        {
            RegistryLog.ForeignRealm(context.Logger, host.Authority, challenge.Realm!.IdnHost);
            credential = null;
        }

        string[] scopes = [$"repository:{repository}:pull", .. challenge.Scopes];
        scopes = [.. scopes.Distinct(StringComparer.Ordinal)];
        var key = KeyOf(Origin(uri), challenge, scopes, credential);
        if (context.Tokens.TryGet(key, out var token) && "Bearer " + token != refused)
        {
            return "Bearer " + token;
        }

        var (fetched, lifetime) = await context.TokenClient.FetchAsync(challenge, scopes, credential, host.Tls, counter, cancellationToken);

        // A tenth is left for the way and for clocks; a token that is short-lived is still good for this source.
        context.Tokens.Set(key, fetched, lifetime * 0.9);
        return "Bearer " + fetched;
    }

    private string KeyOf(string origin, HostChallenge challenge, string[] scopes, HostCredential? credential)
    {
        // Length-prefixed: no two different sets of values make the same bytes.
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, context.TokenKey);
        foreach (var part in (string[])[origin, challenge.Realm!.AbsoluteUri, challenge.Service ?? "", .. scopes,
            credential is null ? "anonymous" : credential.IsIdentityToken ? "identity" : "basic", credential?.Username ?? "", credential?.Secret ?? ""])
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Origin(Uri uri) => uri.GetLeftPart(UriPartial.Authority);
}
