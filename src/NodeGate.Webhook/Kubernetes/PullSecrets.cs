using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NodeGate.Oci;

namespace NodeGate.Webhook.Kubernetes;

/// <summary>The pull secrets of pods and their service accounts, read as the kubelet reads them, and tried in its order.</summary>
public sealed class PullSecrets : IPullCredentials, IDisposable
{
    private const string DefaultAccount = "default";

    private readonly KubernetesClient _client;
    private readonly ILogger<PullSecrets> _logger;
    private readonly ShortMemory<Found<string>> _accounts;
    private readonly ShortMemory<Found<PullEntry>> _secrets;

    /// <summary>Creates it; nothing is asked yet.</summary>
    public PullSecrets(KubernetesClient client, TimeProvider time, ILogger<PullSecrets> logger)
    {
        _client = client;
        _logger = logger;
        _accounts = new ShortMemory<Found<string>>(time, found => found.Lifetime);
        _secrets = new ShortMemory<Found<PullEntry>>(time, found => found.Lifetime);
    }

    /// <summary>How many secrets are in memory now.</summary>
    internal int Remembered => _secrets.Count;

    /// <inheritdoc/>
    public void Dispose()
    {
        _accounts.Dispose();
        _secrets.Dispose();
    }

    /// <inheritdoc/>
    public async Task<PullKeyring> FindAsync(PullSecretsOwner owner, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(owner);
        var problems = ImmutableArray.CreateBuilder<string>();
        var names = owner.Secrets;
        if (names.IsEmpty)
        {
            var account = await AccountAsync(owner.Namespace, owner.ServiceAccount ?? DefaultAccount, cancellationToken);
            names = account.Items;
            problems.AddRange(account.Problems);
        }

        names = [.. names.Distinct(StringComparer.Ordinal)];
        if (names.Length > WebhookLimits.MaxPullSecrets)
        {
            problems.Add($"There are more than {WebhookLimits.MaxPullSecrets} pull secrets; the first {WebhookLimits.MaxPullSecrets} are read.");
            names = names[..WebhookLimits.MaxPullSecrets];
        }

        var secrets = await Task.WhenAll(names.Select(name => SecretAsync(owner.Namespace, name, cancellationToken)));
        problems.AddRange(secrets.SelectMany(secret => secret.Problems));
        // A stable sort: entries with the same key stay in the order of their secrets.
        PullEntry[] entries = [.. secrets.SelectMany(secret => secret.Items).OrderByDescending(entry => entry.Key, StringComparer.Ordinal)];
        return new PullKeyring(image => Search(entries, image), problems.ToImmutable());
    }

    private static ImmutableArray<RegistryCredential> Search(PullEntry[] entries, ImageReference image)
    {
        ImmutableArray<RegistryCredential> found = [.. entries.Where(entry => entry.Covers(image)).Select(entry => entry.Credential)];
        return found.IsEmpty && image.Registry is "docker.io" or "index.docker.io"
            ? [.. entries.Where(entry => entry.IsForDockerHub).Select(entry => entry.Credential)]
            : found;
    }

    private Task<Found<string>> AccountAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        ObjectAddress.ServiceAccount(@namespace, name) is { } address
            ? _accounts.GetAsync(address.Path, () => ReadAsync(address, @namespace, SecretNames), cancellationToken)
            : Task.FromResult(NoName<string>("service account"));

    private Task<Found<PullEntry>> SecretAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        ObjectAddress.Secret(@namespace, name) is { } address
            ? _secrets.GetAsync(address.Path, () => ReadAsync(address, @namespace, DockerSecret.Read), cancellationToken)
            : Task.FromResult(NoName<PullEntry>("pull secret"));

    private static Found<T> NoName<T>(string what) => new([], [$"A {what} is named that cannot exist; expected lower-case letters, digits, '-' and '.'."]);

    private async Task<Found<T>> ReadAsync<T>(ObjectAddress address, string @namespace, Func<JsonElement, ImmutableArray<T>> read)
    {
        // Not the first asker's patience but the client's own limit: others wait for the same answer.
        using var answer = await _client.GetAsync(address, CancellationToken.None);
        string problem;
        if (answer.Document is { } document)
        {
            try
            {
                return new Found<T>(read(document.RootElement), []);
            }
            catch (FormatException e)
            {
                problem = $"The {address} {e.Message}.";
            }
        }
        else
        {
            problem = answer.Outcome switch
            {
                KubernetesOutcome.NotFound => $"The {address} does not exist.",
                KubernetesOutcome.Forbidden => $"The {address} may not be read by the webhook. "
                    + Grant.InNamespace("nodegate-pull-secrets", @namespace, "--verb=get --resource=secrets,serviceaccounts", _client.ServiceAccount),
                _ => answer.Problem,
            };
        }

        KubernetesLog.PullSecretProblem(_logger, problem);
        return new Found<T>([], [problem]);
    }

    /// <summary>What is kept is bounded: who writes the account writes the whole list.</summary>
    private static ImmutableArray<string> SecretNames(JsonElement account) => JsonMembers.Member(account, "imagePullSecrets", JsonValueKind.Array) is { } list
        ? [.. list.EnumerateArray()
            .Select(item => JsonMembers.Text(item, "name", WebhookLimits.MaxNameLength)).OfType<string>()
            .Take(WebhookLimits.MaxPullSecrets + 1)]
        : [];

    private sealed record Found<T>(ImmutableArray<T> Items, ImmutableArray<string> Problems)
    {
        internal TimeSpan Lifetime => Problems.IsEmpty ? WebhookLimits.PullSecretMemory : WebhookLimits.FailedReadMemory;
    }
}
