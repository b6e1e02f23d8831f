using System.Buffers;

namespace NodeGate.Oci;

/// <summary>
/// How containerd looks up the image field of <c>ImageStatus</c>, <c>CreateContainer</c> and <c>RemoveImage</c> (LocalResolve): the kubelet
/// passes IDs there as well as references, and the same text means something else than in <c>PullImage</c>.
/// </summary>
/// <remarks>
/// In containerd's order: a complete digest is an image ID and nothing else, although <c>sha256:…</c> is also a good reference (to
/// <c>docker.io/library/sha256</c>); then the normalised reference, by name; then, if no image has that name, the beginning of an ID.
/// </remarks>
public sealed class ImageLookup
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private ImageLookup(Digest? id, ImageReference? reference, string? idPrefix)
    {
        Id = id;
        Reference = reference;
        IdPrefix = idPrefix;
    }

    /// <summary>The image ID (the digest of the configuration, never of a manifest) that the text is, or null.</summary>
    public Digest? Id { get; }

    /// <summary>The name that is looked for first, or null where the text is an ID or no reference.</summary>
    public ImageReference? Reference { get; }

    /// <summary>
    /// The hexadecimal beginning of an image ID that the text is tried as when nothing has the name <see cref="Reference"/>; null where it
    /// cannot be one. An answer whose names do not include <see cref="Reference"/> was found this way.
    /// </summary>
    public string? IdPrefix { get; }

    /// <summary>Reads <paramref name="text"/>. It never fails: where all properties are null, containerd finds nothing by that text.</summary>
    public static ImageLookup Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Digest.TryParse(text, out var id) || (text.Length == 64 && Digest.TryParse("sha256:" + text, out id)))
        {
            return new ImageLookup(id, null, null);
        }

        var prefix = FindIdPrefix(text);
        if (text.Length == 7 + 96 && text.StartsWith("sha384:", StringComparison.Ordinal) && prefix is not null)
        {
            // go-digest knows sha384, so containerd takes it for an ID and does not look for the name.
            return new ImageLookup(null, null, prefix);
        }

        return new ImageLookup(null, ImageReference.TryParse(text, out var reference, out _) ? reference : null, prefix);
    }

    /// <summary>go-digest's digestset: bare hexadecimal, or hexadecimal after a known algorithm, of any length up to the whole; even none.</summary>
    private static string? FindIdPrefix(string text)
    {
        var start = text.Length >= 7 && text.AsSpan(0, 7) is "sha256:" or "sha384:" or "sha512:" ? 7 : 0;
        return text.Length - start <= 128 && (start == 0 || text.Length > start) && !text.AsSpan(start).ContainsAnyExcept(LowerHex)
            ? text[start..]
            : null;
    }
}
