using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Certificates;

/// <summary>
/// Sees to it that the Secret holds an authority and a certificate that last, and that the API server knows the authority. What is there and
/// good stays as it is. Any number of replicas may do this side by side: each write names the version that was read, so that of two the first
/// one counts and the other one reads again.
/// </summary>
/// <remarks>
/// The order is what keeps the webhook reachable at every moment: 1. a new authority is written into the Secret; 2. it is put into each
/// <c>caBundle</c>, beside those before it; 3. only then a certificate of it is made and written; 4. which the replicas take up.
/// </remarks>
public sealed class CertificateKeeper
{
    private const string Role = "nodegate-webhook-certificates";

    /// <summary>Far more than a certificate lasts: whoever copied the bundle elsewhere (Gatekeeper) has time.</summary>
    private static readonly TimeSpan AuthorityAhead = TimeSpan.FromDays(365);

    private readonly KubernetesClient _client;
    private readonly SelfSignedOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string> _progress;
    private readonly ObjectAddress _secret;
    private readonly CaBundles _bundles;

    /// <summary>Creates it; <paramref name="progress"/> is told each step that changed something.</summary>
    public CertificateKeeper(KubernetesClient client, SelfSignedOptions options, TimeProvider time, Action<string> progress)
    {
        ArgumentNullException.ThrowIfNull(options);
        _client = client;
        _options = options;
        _time = time;
        _progress = progress;
        _secret = ObjectAddress.Secret(options.Namespace, options.Secret)!;
        _bundles = new CaBundles(client, options, time, progress);
    }

    /// <summary>The data of a Secret (base64) with an authority and a certificate that are made here and kept nowhere.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Make(SelfSignedOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(options);
        var content = new SecretContent(null, [], null, null).With(CertificateAuthority.Create(now));
        content = content.With(Issue(content.Authority!, options, now));
        return [.. content.ToData().Select(item => KeyValuePair.Create(item.Key, Convert.ToBase64String(Encoding.ASCII.GetBytes(item.Value))))];
    }

    /// <summary>One pass.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<KeptCertificates> KeepAsync(CancellationToken cancellationToken)
    {
        for (var writes = 0; writes <= WebhookLimits.MaxConflicts; writes++)
        {
            using var found = await _client.GetAsync(_secret, cancellationToken);
            if (found.Outcome == KubernetesOutcome.NotFound)
            {
                if (await CreateAsync(cancellationToken) is { } problem)
                {
                    return new KeptCertificates(null, problem);
                }

                continue;
            }

            if (found.Document is null)
            {
                return new KeptCertificates(null, Explain(found));
            }

            if (await KeepAsync(found.Document, cancellationToken) is { } kept)
            {
                return kept;
            }
        }

        return new KeptCertificates(null, $"The {_secret} was changed by somebody else {WebhookLimits.MaxConflicts} times in a row; it is tried again later.");
    }

    /// <summary>Null where the Secret has to be read again: it was written, or somebody was quicker.</summary>
    private async Task<KeptCertificates?> KeepAsync(JsonDocument secret, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (SecretContent.IsSomebodyElses(secret.RootElement))
        {
            return new KeptCertificates(null, $"The {_secret} holds a certificate that was not made here (it has no 'ca.key'). Name another Secret, "
                + "or mount this one and set 'webhook.certificate' and 'webhook.key' instead of 'webhook.selfSigned'.");
        }

        var content = SecretContent.Read(secret.RootElement, now);
        if (content.Authority is null || Left(content.Authority, now) < AuthorityAhead)
        {
            return await WriteAsync(secret, content.With(CertificateAuthority.Create(now)), content.Served, Describe(content), cancellationToken);
        }

        var problems = await _bundles.EnsureAsync(content.Trusted, cancellationToken);
        if (content.IsServedFor(_options.DnsNames) && Left(content.Served!.Leaf, now) >= CertificateAuthority.LeafLifetime / 3)
        {
            return new KeptCertificates(content.Served, problems);
        }

        if (!problems.IsEmpty && content.Served is { } good && good.Expires > now && !content.IsOfNewestAuthority)
        {
            // The API server would not trust the new one everywhere yet. The one before is good still.
            return new KeptCertificates(good, problems);
        }

        var issued = Issue(content.Authority, _options, now);
        return await WriteAsync(
            secret,
            content.With(issued),
            content.Served,
            $"a certificate until {issued.Expires:u} is made, for {string.Join(", ", _options.DnsNames)}",
            cancellationToken);
    }

    private static string Describe(SecretContent content) => content.Problem is { } problem ? $"a new authority is made, because {problem.TrimEnd('.')}"
        : content.Authority is null ? "an authority is made"
        : $"a new authority is made beside the one that ends at {content.Authority.NotAfter.ToUniversalTime():u}";

    private static TimeSpan Left(X509Certificate2 certificate, DateTimeOffset now) => certificate.NotAfter.ToUniversalTime() - now.UtcDateTime;

    private static CertificatePair Issue(X509Certificate2 authority, SelfSignedOptions options, DateTimeOffset now)
    {
        var leaf = CertificateAuthority.Issue(authority, options.DnsNames, now);
        return new CertificatePair(leaf, [leaf]);
    }

    /// <summary>Null where it was written or somebody was quicker; else why it could not be, with the certificate that was good before.</summary>
    private async Task<KeptCertificates?> WriteAsync(
        JsonDocument secret, SecretContent content, CertificatePair? before, string step, CancellationToken cancellationToken)
    {
        using var written = await _client.ReplaceAsync(_secret, content.Into(secret.RootElement), cancellationToken);
        switch (written.Outcome)
        {
            case KubernetesOutcome.Done:
                _progress($"{_secret}: {step}");
                return null;
            case KubernetesOutcome.Conflict:
                return null;
            default:
                return new KeptCertificates(before, Explain(written));
        }
    }

    private async Task<string?> CreateAsync(CancellationToken cancellationToken)
    {
        var empty = Encoding.UTF8.GetBytes(
            $$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"{{_options.Secret}}","namespace":"{{_options.Namespace}}"},"type":"Opaque"}""");
        using var created = await _client.CreateAsync(_secret, empty, cancellationToken);
        switch (created.Outcome)
        {
            case KubernetesOutcome.Done:
                _progress($"{_secret}: made");
                return null;
            case KubernetesOutcome.Conflict:
                return null;
            default:
                return $"The {_secret} does not exist, and making it failed ({created.Problem.TrimEnd('.')}). "
                    + $"Fix: kubectl create secret generic {_options.Secret} --namespace={_options.Namespace}";
        }
    }

    private string Explain(KubernetesAnswer answer) => answer.Outcome == KubernetesOutcome.Forbidden
        ? $"The {_secret} may not be read or written by the webhook. "
            + Grant.InNamespace(Role, _options.Namespace, $"--verb=get,update --resource=secrets --resource-name={_options.Secret}", _client.ServiceAccount)
        : answer.Problem;
}
