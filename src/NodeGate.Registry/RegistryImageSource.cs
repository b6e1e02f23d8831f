using System.Collections.Immutable;
using System.Net;
using NodeGate.Oci;
using NodeGate.Registry.Auth;
using NodeGate.Registry.Hosts;
using NodeGate.Registry.Http;

namespace NodeGate.Registry;

/// <summary>One repository over the node's hosts for it. Every operation goes over the hosts in order until one answers.</summary>
internal sealed class RegistryImageSource : IImageSource
{
    private readonly RegistryContext _context;
    private readonly ImageReference _reference;
    private readonly RequestCounter _counter = new();
    private readonly ReferrersReader _referrers;
    private readonly Lazy<ImmutableArray<HostClient>> _clients;
    private HostClient? _preferred;

    internal RegistryImageSource(RegistryContext context, HostTable hosts, ImageReference reference, ICredentialSource credentials)
    {
        _context = context;
        _reference = reference;
        _referrers = new ReferrersReader(context);
        _clients = new(() => [.. hosts.For(reference.Registry).Select(host => new HostClient(context, host, reference, credentials, _counter))]);
    }

    /// <inheritdoc/>
    public int RequestCount => _counter.Count;

    /// <inheritdoc/>
    public async Task<FetchedManifest> ResolveAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reference);
        if (reference.Name != _reference.Name)
        {
            throw new ArgumentException($"This source is open for '{_reference.Name}', not for '{reference.Name}'.", nameof(reference));
        }

        var target = reference.Digest?.ToString() ?? reference.Tag!;
        var needs = reference.Digest is null ? HostCapabilities.Pull | HostCapabilities.Resolve : HostCapabilities.Pull;
        var (client, manifest) = await FirstAsync(
            $"{reference}",
            needs,
            async (host, token) =>
            {
                var fetched = await GetManifestAsync(host, target, reference.Digest, token);
                if (fetched is not null)
                {
                    ManifestAnswer.RequireImage(fetched);
                }

                return fetched;
            },
            cancellationToken);
        Volatile.Write(ref _preferred, client);
        return manifest;
    }

    /// <inheritdoc/>
    public async Task<FetchedManifest> FetchManifestAsync(Digest digest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(digest);
        var (_, manifest) = await FirstAsync(
            $"manifest {_reference.Name}@{digest}",
            HostCapabilities.Pull,
            (host, token) => GetManifestAsync(host, digest.ToString(), digest, token),
            cancellationToken);
        return manifest;
    }

    /// <inheritdoc/>
    public async Task<FetchedManifest?> FindManifestAsync(string tag, CancellationToken cancellationToken)
    {
        // Nothing but a tag may become part of the URL (containers/image CVE-2024-3727).
        if (!ImageReference.TryParse(_reference.Name + ":" + tag, out var parsed, out var error) || parsed.Tag != tag)
        {
            throw new ArgumentException($"'{tag}' is not a tag: {error}", nameof(tag));
        }

        return await WithinTimeAsync<FetchedManifest?>(
            $"manifest {_reference.Name}:{tag}",
            async token =>
            {
                var failures = new HostFailures();
                foreach (var client in Candidates(HostCapabilities.Pull | HostCapabilities.Resolve))
                {
                    if (await TryAsync(client, failures, t => GetManifestAsync(client, tag, null, t), token) is { } found)
                    {
                        return found;
                    }
                }

                // Absent only where every host said so: "could not ask" must not read as "not signed".
                return failures.AreAllNotFound ? null : throw failures.ToException($"manifest {_reference.Name}:{tag}");
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, int maxReferrers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxReferrers);
        var what = $"referrers of {_reference.Name}@{subject}";
        return await WithinTimeAsync(
            what,
            async token =>
            {
                var failures = new HostFailures();
                foreach (var client in Candidates(HostCapabilities.None).Where(CanList))
                {
                    // A mirror that passes no referrers on looks like one that has none: an empty list asks the next host as well.
                    var listed = await TryAsync(
                        client,
                        failures,
                        async t => await _referrers.ListAsync(client, subject, maxReferrers, t) is { Count: > 0 } some ? some : null,
                        token);
                    if (listed is not null)
                    {
                        return listed;
                    }
                }

                return failures.AreAllNotFound ? [] : throw failures.ToException(what);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> FetchBlobAsync(Descriptor descriptor, int maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        var what = $"blob {_reference.Name}@{descriptor.Digest}";
        if (descriptor.Size > maxBytes)
        {
            throw new ContentException(ContentFailure.LimitExceeded, $"{what} is declared to have {descriptor.Size} bytes; at most {maxBytes} are fetched.");
        }

        var (_, blob) = await FirstAsync(what, HostCapabilities.Pull, (host, token) => GetBlobAsync(host, descriptor, token), cancellationToken);
        return blob.Content;
    }

    private static bool CanList(HostClient client) =>
        client.Host.Can(HostCapabilities.Referrers) || client.Host.Can(HostCapabilities.Pull | HostCapabilities.Resolve);

    private static async Task<FetchedManifest?> GetManifestAsync(HostClient host, string target, Digest? expected, CancellationToken cancellationToken)
    {
        var response = await host.GetAsync($"manifests/{target}", MediaTypes.ManifestAccept, OciLimits.MaxManifestBytes, cancellationToken);
        return IsFound(response) ? ManifestAnswer.Read(response, expected) : null;
    }

    private static async Task<Blob?> GetBlobAsync(HostClient host, Descriptor descriptor, CancellationToken cancellationToken)
    {
        // The declared size is the limit: one byte more is a lie already.
        RegistryResponse response;
        try
        {
            response = await host.GetAsync($"blobs/{descriptor.Digest}", "*/*", descriptor.Size, cancellationToken);
        }
        catch (HostException e) when (e.Failure == ContentFailure.LimitExceeded)
        {
            throw new HostException(ContentFailure.Corrupt, $"served more than the {descriptor.Size} bytes that the blob has", e);
        }

        if (!IsFound(response))
        {
            return null;
        }

        if (response.Body.Length != descriptor.Size || !descriptor.Digest.Matches(response.Body.Span))
        {
            throw new HostException(
                ContentFailure.Corrupt,
                $"served bytes that do not have the size {descriptor.Size} and the digest {descriptor.Digest}");
        }

        return new Blob(response.Body);
    }

    private static bool IsFound(RegistryResponse response) => response.Status switch
    {
        HttpStatusCode.OK => true,
        HttpStatusCode.NotFound => false,
        _ => throw new HostException(ContentFailure.Unavailable, $"answered {(int)response.Status}"),
    };

    private async Task<(HostClient Client, T Value)> FirstAsync<T>(
        string what, HostCapabilities needs, Func<HostClient, CancellationToken, Task<T?>> ask, CancellationToken cancellationToken)
        where T : class =>
        await WithinTimeAsync(
            what,
            async token =>
            {
                var failures = new HostFailures();
                foreach (var client in Candidates(needs))
                {
                    if (await TryAsync(client, failures, t => ask(client, t), token) is { } value)
                    {
                        return (client, value);
                    }
                }

                throw failures.ToException(what);
            },
            cancellationToken);

    private async Task<T?> TryAsync<T>(HostClient client, HostFailures failures, Func<CancellationToken, Task<T?>> ask, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            var value = await ask(cancellationToken);
            if (value is null)
            {
                failures.AddNotFound(client.Host.Authority, "not found");
            }

            return value;
        }
        catch (HostException e)
        {
            RegistryLog.HostFailed(_context.Logger, client.Host.Authority, e.Message, _reference.Name);
            failures.Add(client.Host.Authority, e);
            return null;
        }
    }

    /// <summary>The hosts with these capabilities, the one that resolved the reference first: what it resolved, it has.</summary>
    private IEnumerable<HostClient> Candidates(HostCapabilities needs)
    {
        var preferred = Volatile.Read(ref _preferred);
        return _clients.Value.Where(client => client.Host.Can(needs)).OrderBy(client => client == preferred ? 0 : 1);
    }

    private async Task<T> WithinTimeAsync<T>(string what, Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_context.Options.Timeout, _context.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await operation(linked.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            var hosts = string.Join(", ", _clients.Value.Select(client => client.Host.Authority));
            throw new ContentException(
                ContentFailure.TimedOut,
                $"{what}: not finished within {_context.Options.Timeout.TotalSeconds:0.###} s (hosts: {hosts}).",
                e);
        }
    }

    private sealed record Blob(ReadOnlyMemory<byte> Content);
}
