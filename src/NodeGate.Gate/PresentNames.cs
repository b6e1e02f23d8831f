using NodeGate.Gate.State;
using NodeGate.Oci;

namespace NodeGate.Gate;

/// <summary>Under which names an image on the node is judged.</summary>
/// <param name="Key">What was asked for, normalised: the reference, or the image ID.</param>
/// <param name="Candidates">The names, each with a digest under which it may have been admitted.</param>
internal sealed record PresentNames(string Key, IReadOnlyList<PresentName> Candidates)
{
    /// <summary>True where the image was asked for by its ID, whole or in part: any of its names could have been meant.</summary>
    internal bool IsById { get; private init; }

    /// <summary>The name that was asked for; where the image was found by its ID, all of its names.</summary>
    internal static PresentNames Of(PresentImage image, Ledger ledger)
    {
        var named = Parse(image);
        return AskedName(image.Asked, named) is { } asked
            ? new PresentNames(asked.ToString(), WithDigests(asked, named, image, ledger))
            : All(image, named, ledger);
    }

    /// <summary>
    /// What a container's pod says, if it says anything. A name has to be one of the image's, or one that it was pulled as: else the image is not
    /// what the pod names, however good that may be.
    /// </summary>
    internal static PresentNames Of(PresentImage image, string? written, Ledger ledger)
    {
        var named = Parse(image);
        if (string.IsNullOrEmpty(written))
        {
            return All(image, named, ledger) with { IsById = false };
        }

        if (AskedName(written, named) is not { } asked)
        {
            return All(image, named, ledger);
        }

        var isName = named.Any(n => n.Reference.Equals(asked)) || ledger.FindPulled(asked.ToString(), image.Id) is not null;
        return new PresentNames(asked.ToString(), isName
            ? WithDigests(asked, named, image, ledger)
            : [new PresentName(asked, asked.Digest, $"The image {image.Id} that would run does not have the name {asked}; pull {asked} through NodeGate.")]);
    }

    /// <summary>What one name of the image says for itself; null where it is no name that a rule could match.</summary>
    internal static PresentName? Of(ImageName name, PresentImage image, Ledger ledger) =>
        ImageLookup.Of(name.Name).Reference is { } reference ? WithDigests(reference, [new Named(reference, name.Target)], image, ledger)[0] : null;

    /// <summary>Null where the text is an ID: a digest, or what is no name of this image and was found by the beginning of its ID.</summary>
    private static ImageReference? AskedName(string text, IReadOnlyList<Named> named) =>
        ImageLookup.Of(text) is { Reference: { } asked } lookup && (lookup.IdPrefix is null || named.Any(n => n.Reference.Equals(asked))) ? asked : null;

    private static List<Named> Parse(PresentImage image) =>
    [
        .. image.Names
            .Take(GateLimits.MaxNamesPerImage)
            .Select(n => ImageLookup.Of(n.Name).Reference is { } reference ? new Named(reference, n.Target) : null)
            .OfType<Named>()
            .DistinctBy(n => n.Reference),
    ];

    private static PresentNames All(PresentImage image, List<Named> named, Ledger ledger)
    {
        var pulled = ledger.FindPulled(image.Id)
            .Take(GateLimits.MaxNamesPerImage)
            .Select(p => ImageReference.TryParse(p.Reference, out var reference, out _) ? reference : null)
            .OfType<ImageReference>();
        var references = named.Select(n => n.Reference).Concat(pulled).Distinct();
        return new PresentNames(image.Id, [.. references.SelectMany(r => WithDigests(r, named, image, ledger))]) { IsById = true };
    }

    private static IReadOnlyList<PresentName> WithDigests(ImageReference reference, List<Named> named, PresentImage image, Ledger ledger)
    {
        var target = named.FirstOrDefault(n => n.Reference.Equals(reference))?.Target;
        if (reference.Digest is { } own)
        {
            return [ByDigest(reference, own, target, image, ledger)];
        }

        if (target is not null)
        {
            return [new PresentName(reference, target)];
        }

        // What the name points at is not known: it can only have been admitted as what the repository's other names point at, or as it was pulled.
        var digests = named
            .Where(n => n.Target is not null && (n.Reference.Digest ?? n.Target) == n.Target && SameRepository(n.Reference, reference))
            .Select(n => n.Target)
            .Append(ledger.FindPulled(reference.ToString(), image.Id)?.Digest)
            .OfType<Digest>()
            .Distinct()
            .ToList();
        return digests.Count == 0 ? [new PresentName(reference, null)] : [.. digests.Select(d => new PresentName(reference, d))];
    }

    private static bool SameRepository(ImageReference left, ImageReference right) => string.Equals(left.Name, right.Name, StringComparison.Ordinal);

    /// <summary>
    /// A name with a digest is given to any image with <c>ctr images tag</c>; only what it points at counts: that digest, or this node's image of that
    /// index, which is what such a name is given to under <c>platform: verify</c>.
    /// </summary>
    private static PresentName ByDigest(ImageReference reference, Digest own, Digest? target, PresentImage image, Ledger ledger)
    {
        if (target == own || (target is null && ledger.FindPulled(image.Id).Any(p => p.Digest == own)))
        {
            return new PresentName(reference, own);
        }

        return target is not null && ledger.FindIndex(reference.Name, own)?.Own == target
            ? new PresentName(reference, target)
            : new PresentName(
                reference,
                own,
                $"The runtime's name {reference} points at {target?.ToString() ?? "an unknown digest"}, not at that digest; "
                + $"remove the name from the runtime and pull {reference} anew.");
    }

    private sealed record Named(ImageReference Reference, Digest? Target);
}
