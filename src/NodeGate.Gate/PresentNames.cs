using NodeGate.Gate.State;
using NodeGate.Oci;

namespace NodeGate.Gate;

/// <summary>Under which names an image on the node is judged.</summary>
/// <param name="Key">What was asked for, normalised: the reference, or the image ID.</param>
/// <param name="Candidates">The names, each with a digest under which it may have been admitted.</param>
internal sealed record PresentNames(string Key, IReadOnlyList<(ImageReference Reference, Digest? Digest)> Candidates)
{
    /// <summary>
    /// The name that was asked for; where the image was found by its ID, all of its names, for any of them could have been meant. The
    /// digests are those that the runtime names for the same repository, and the one that was pulled as this reference.
    /// </summary>
    internal static PresentNames Of(PresentImage image, Ledger ledger)
    {
        var named = image.RepoTags.Concat(image.RepoDigests)
            .Take(GateLimits.MaxNamesPerImage)
            .Select(name => ImageReference.TryParse(name, out var reference, out _) ? reference : null)
            .OfType<ImageReference>()
            .Distinct()
            .ToList();
        var lookup = ImageLookup.Of(image.Asked);
        if (lookup.Reference is { } asked && (lookup.IdPrefix is null || named.Contains(asked)))
        {
            return new PresentNames(asked.ToString(), WithDigests(asked, named, image, ledger));
        }

        // By ID: a digest is an ID, and what is no name of this image was found by the beginning of its ID.
        var pulled = ledger.FindPulled(image.Id)
            .Take(GateLimits.MaxNamesPerImage)
            .Select(p => ImageReference.TryParse(p.Reference, out var reference, out _) ? reference : null)
            .OfType<ImageReference>();
        return new PresentNames(
            image.Id, [.. named.Concat(pulled).Distinct().SelectMany(reference => WithDigests(reference, named, image, ledger))]);
    }

    private static List<(ImageReference Reference, Digest? Digest)> WithDigests(
        ImageReference reference, IReadOnlyList<ImageReference> named, PresentImage image, Ledger ledger)
    {
        if (reference.Digest is not null)
        {
            return [(reference, reference.Digest)];
        }

        var digests = named
            .Where(n => n.Digest is not null && string.Equals(n.Name, reference.Name, StringComparison.Ordinal))
            .Select(n => n.Digest)
            .Append(ledger.FindPulled(reference.ToString(), image.Id)?.Digest)
            .Where(d => d is not null)
            .Distinct()
            .ToList();
        return digests.Count == 0 ? [(reference, null)] : [.. digests.Select(d => (reference, d))];
    }
}
