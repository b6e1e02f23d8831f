using System.Collections.Immutable;
using NodeGate.CriProxy.Cri.Containerd;
using NodeGate.CriProxy.Wire;
using NodeGate.Gate;
using NodeGate.Oci;
using CriImage = NodeGate.CriProxy.Cri.Runtime.Image;

namespace NodeGate.CriProxy.Cri;

/// <summary>
/// Finds an image on the node with all its names, and what containerd's own record of each name points at. The CRI's answer alone proves
/// nothing: <c>ctr images tag</c> gives any name to any image, and containers start from what a record points at (cri.md section 3).
/// </summary>
internal sealed class ImageFinder(CriCalls containerd)
{
    /// <summary>Looks for <paramref name="asked"/> as the CRI service <paramref name="imageService"/> does.</summary>
    /// <returns>The image, or null where there is none; or containerd's answer where it did not tell.</returns>
    /// <exception cref="NodeGateException">What containerd answered cannot be used.</exception>
    public async Task<(PresentImage? Image, GrpcReply? Failure)> FindAsync(
        string imageService, string asked, DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        var reply = await containerd.StatusAsync(imageService, asked, deadline, cancellationToken);
        if (reply.Status != GrpcStatusCode.Ok)
        {
            return (null, reply);
        }

        var found = ContainerdAnswer.Read(reply, Runtime.ImageStatusResponse.Parser, "ImageStatus").Image;
        return (found is null ? null : await DescribeAsync(asked, found, deadline, cancellationToken), null);
    }

    /// <summary>The image that an ImageStatus for <paramref name="asked"/> found, with its names.</summary>
    /// <exception cref="NodeGateException">What containerd answered cannot be used, or the image has too many names.</exception>
    public async Task<PresentImage> DescribeAsync(string asked, CriImage found, DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        // An image volume is mounted from the record that has the very text as its name, whatever the CRI finds by that text. Attack: a record
        // named "app" beside "docker.io/library/app:latest". It comes first, so that no other reading of the name hides it.
        string[] texts = [asked, found.Id, .. found.RepoTags, .. found.RepoDigests];
        string[] names = [.. texts.Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)];
        if (names.Length > GateLimits.MaxNamesPerImage)
        {
            throw new NodeGateException(
                DecisionReason.LimitExceeded,
                $"The image {found.Id} has {names.Length} names on this node; at most {GateLimits.MaxNamesPerImage} are judged. Remove those that are not needed.");
        }

        var known = ImmutableArray.CreateBuilder<ImageName>(names.Length);
        foreach (var batch in names.Chunk(CriLimits.ParallelLookups))
        {
            foreach (var (name, isRecord, target) in await Task.WhenAll(batch.Select(name => LookUpAsync(name, deadline, cancellationToken))))
            {
                // The text that was asked for and the ID need not be names; a name that the CRI shows and that has no record is never trusted.
                if (isRecord || !(name == asked || name == found.Id) || found.RepoTags.Contains(name) || found.RepoDigests.Contains(name))
                {
                    known.Add(new ImageName(name, target));
                }
            }
        }

        return new PresentImage(asked, found.Id, known.DrainToImmutable());
    }

    private async Task<(string Name, bool IsRecord, Digest? Target)> LookUpAsync(string name, DateTimeOffset? deadline, CancellationToken cancellationToken)
    {
        var reply = await containerd.GetAsync(name, deadline, cancellationToken);
        if (reply.Status == GrpcStatusCode.NotFound)
        {
            return (name, false, null);
        }

        var record = ContainerdAnswer.Read(reply, GetImageResponse.Parser, "Images/Get").Image;
        return (name, true, Digest.TryParse(record?.Target?.Digest ?? "", out var target) ? target : null);
    }
}
