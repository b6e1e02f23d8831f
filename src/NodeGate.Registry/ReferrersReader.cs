using System.Net;
using NodeGate.Oci;
using NodeGate.Registry.Hosts;
using NodeGate.Registry.Http;

namespace NodeGate.Registry;

/// <summary>
/// What refers to a digest at one host (distribution specification, "Listing Referrers"): the API with its pages, or the fallback tag.
/// </summary>
/// <remarks>
/// <para>Where the API answers with an index, that is the answer and the fallback tag does not count, as the specification has it for a
/// registry that got the API later (it must list what was pushed before). Neither can forge anything: each entry is only a digest to look at.</para>
/// <para>While it is not known whether a host has the API, both are asked at once: one round instead of two. What is remembered about a host
/// only orders the requests; an empty answer always rests on the API or on its absence now.</para>
/// <para>A host that hosts.toml gives <c>pull</c> and <c>resolve</c> but not <c>referrers</c> is asked as well: containerd 1.x takes the whole file
/// for unreadable when that word is in it, so the file of an older node cannot say it, and where only the mirror can be reached its images
/// would have no bundles.</para>
/// </remarks>
internal sealed class ReferrersReader(RegistryContext context)
{
    /// <summary>The referrers, empty where the host has none.</summary>
    /// <exception cref="HostException">The host cannot say.</exception>
    internal async Task<IReadOnlyList<Descriptor>> ListAsync(HostClient client, Digest subject, int maxReferrers, CancellationToken cancellationToken)
    {
        var hasApi = context.ReferrersApis.TryGet(client.Origin, out var remembered) ? remembered : (bool?)null;
        var listed = hasApi switch
        {
            null => await AskBothAsync(client, subject, maxReferrers, cancellationToken),
            true => await AskApiAsync(client, subject, maxReferrers, cancellationToken) ?? await AskTagAsync(client, subject, maxReferrers, cancellationToken),
            false => await AskTagAsync(client, subject, maxReferrers, cancellationToken),
        };
        if (hasApi == false && listed.Count == 0)
        {
            listed = await AskApiAsync(client, subject, maxReferrers, cancellationToken) ?? [];
        }

        return listed;
    }

    /// <summary>The tag of the fallback scheme: algorithm cut to 32 and value to 64 characters.</summary>
    internal static string FallbackTag(Digest subject)
    {
        var text = subject.ToString();
        var algorithm = text[..text.IndexOf(':', StringComparison.Ordinal)];
        return algorithm + "-" + (subject.Hex.Length > 64 ? subject.Hex[..64] : subject.Hex);
    }

    private async Task<IReadOnlyList<Descriptor>> AskBothAsync(HostClient client, Digest subject, int maxReferrers, CancellationToken cancellationToken)
    {
        using var noLonger = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tag = AskTagAsync(client, subject, maxReferrers, noLonger.Token);
        try
        {
            return await AskApiAsync(client, subject, maxReferrers, cancellationToken) ?? await tag;
        }
        catch (HostException) when (!client.Host.Can(HostCapabilities.Referrers))
        {
            // Nobody promised the API here (see the remarks), so what the tag has is not lost with it.
            if (await tag is { Count: > 0 } listed)
            {
                return listed;
            }

            throw;
        }
        finally
        {
            // The API answered or failed: the other answer is not needed, but its task is not left behind.
            await noLonger.CancelAsync();
            await ((Task)tag).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>null where the host has no such API.</summary>
    private async Task<IReadOnlyList<Descriptor>?> AskApiAsync(HostClient client, Digest subject, int maxReferrers, CancellationToken cancellationToken)
    {
        var first = await client.GetAsync($"referrers/{subject}", MediaTypes.OciIndex, OciLimits.MaxManifestBytes, cancellationToken);

        // Registries without the API answer 404, 400, 405 and others, or 200 with a page for people. A refusal (401, 403) or a fault is
        // thrown before this: it is not "no such API", and must not hide evidence.
        if (first.Status != HttpStatusCode.OK || !IsIndex(first))
        {
            context.ReferrersApis.Set(client.Origin, value: false, RegistryLimits.HostMemory);
            return null;
        }

        context.ReferrersApis.Set(client.Origin, value: true, RegistryLimits.HostMemory);
        return await ReadPagesAsync(client, first, subject, maxReferrers, cancellationToken);
    }

    private static async Task<IReadOnlyList<Descriptor>> ReadPagesAsync(
        HostClient client, RegistryResponse page, Digest subject, int maxReferrers, CancellationToken cancellationToken)
    {
        var origin = client.BuildUri($"referrers/{subject}");
        var listed = new List<Descriptor>();
        var seen = new HashSet<string>(StringComparer.Ordinal) { page.Uri.AbsoluteUri };
        long bytes = page.Body.Length;
        for (; ; )
        {
            Append(listed, page.Body, maxReferrers);
            if (LinkHeader.Next(page.Links) is not { } next)
            {
                return listed;
            }

            var uri = NextPage(client, origin, page.Uri, next);
            if (!seen.Add(uri.AbsoluteUri))
            {
                throw new HostException(ContentFailure.Corrupt, "its pages of referrers go in a circle");
            }

            if (seen.Count > RegistryLimits.MaxReferrersPages)
            {
                throw new HostException(ContentFailure.LimitExceeded, $"has more than {RegistryLimits.MaxReferrersPages} pages of referrers");
            }

            page = await client.GetUriAsync(uri, MediaTypes.OciIndex, OciLimits.MaxManifestBytes, cancellationToken);
            bytes += page.Body.Length;
            if (bytes > RegistryLimits.MaxReferrersBytes)
            {
                throw new HostException(ContentFailure.LimitExceeded, $"has more than {RegistryLimits.MaxReferrersBytes} bytes of referrers");
            }

            if (page.Status != HttpStatusCode.OK || !IsIndex(page))
            {
                // The listing is then known to be incomplete, and what is missing may be the signature.
                throw new HostException(ContentFailure.Corrupt, $"answered {(int)page.Status} without an index for a page of referrers that it named itself");
            }
        }
    }

    private static Uri NextPage(HostClient client, Uri origin, Uri current, string next)
    {
        // Another origin would be asked with the caller's authorization, or name somebody else's evidence.
        return next.Length <= RegistryLimits.MaxUrlLength && Uri.TryCreate(current, next, out var uri) && UrlRules.SameOrigin(origin, uri)
            ? client.WithNamespace(uri)
            : throw new HostException(ContentFailure.Corrupt, "names a next page of referrers at another host, which is not followed");
    }

    private static async Task<IReadOnlyList<Descriptor>> AskTagAsync(HostClient client, Digest subject, int maxReferrers, CancellationToken cancellationToken)
    {
        if (!client.Host.Can(HostCapabilities.Pull | HostCapabilities.Resolve))
        {
            return [];
        }

        var response = await client.GetAsync(
            $"manifests/{FallbackTag(subject)}", MediaTypes.ManifestAccept, OciLimits.MaxManifestBytes, cancellationToken);
        if (response.Status == HttpStatusCode.NotFound)
        {
            return [];
        }

        if (response.Status != HttpStatusCode.OK)
        {
            throw new HostException(ContentFailure.Unavailable, $"answered {(int)response.Status} for the referrers tag");
        }

        var manifest = ManifestAnswer.Read(response, expected: null);
        var listed = new List<Descriptor>();
        if (MediaTypes.IsIndex(manifest.Descriptor.MediaType))
        {
            Append(listed, manifest.Content, maxReferrers, manifest.Descriptor.MediaType);
        }

        return listed;
    }

    private static void Append(List<Descriptor> listed, ReadOnlyMemory<byte> page, int maxReferrers, string mediaType = MediaTypes.OciIndex)
    {
        ImageIndex index;
        try
        {
            index = ImageIndex.ParseReferrers(page, mediaType);
        }
        catch (FormatException e)
        {
            throw new HostException(ManifestAnswer.FailureOf(e), $"its index of referrers is not one: {e.Message.TrimEnd('.')}", e);
        }

        if (listed.Count + index.Manifests.Length > maxReferrers)
        {
            throw new HostException(ContentFailure.LimitExceeded, $"has more than {maxReferrers} referrers");
        }

        listed.AddRange(index.Manifests);
    }

    private static bool IsIndex(RegistryResponse response) =>
        response.MediaType == MediaTypes.OciIndex
        || (response.MediaType is null or "application/json" && response.Body.Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..]);
}
