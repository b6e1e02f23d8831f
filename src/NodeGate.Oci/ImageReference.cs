using System.Diagnostics.CodeAnalysis;

namespace NodeGate.Oci;

/// <summary>
/// A normalised image reference: registry and repository, with a tag, a digest, or both. Parsed as containerd parses it
/// (distribution/reference ParseDockerRef), because a reference that the two read differently is a way around the gate.
/// </summary>
public sealed class ImageReference : IEquatable<ImageReference>
{
    internal ImageReference(string registry, string repository, string? tag, Digest? digest)
    {
        Registry = registry;
        Repository = repository;
        Tag = tag;
        Digest = digest;
        Name = registry + "/" + repository;
    }

    /// <summary>The registry with its port, as normalised: <c>docker.io</c>, <c>ghcr.io</c>, <c>127.0.0.1:5000</c>, <c>[::1]:5000</c>.</summary>
    public string Registry { get; }

    /// <summary>The repository below the registry: <c>library/nginx</c>.</summary>
    public string Repository { get; }

    /// <summary><c>registry/repository</c>.</summary>
    public string Name { get; }

    /// <summary>
    /// <see cref="Name"/> with the one spelling of its registry: what policy patterns are compared with. containerd keeps <c>GHCR.io/x</c>,
    /// <c>ghcr.io:443/x</c> and <c>registry-1.docker.io/x</c> as names of their own, but they reach the same server as <c>ghcr.io/x</c> and
    /// <c>docker.io/x</c>: compared as they stand, each would be a way round a <c>deny</c> rule. Never used to pull.
    /// </summary>
    public string PolicyName => RegistryGrammar.Canonicalise(Registry) + "/" + Repository;

    /// <summary>The tag, or null where the reference has a digest (digest wins, as in containerd).</summary>
    public string? Tag { get; }

    /// <summary>The digest, or null.</summary>
    public Digest? Digest { get; }

    /// <summary>
    /// Parses <paramref name="text"/> as containerd's CRI does: <c>docker.io/</c> and <c>library/</c> are added, <c>latest</c> is added where
    /// there is neither tag nor digest, and of tag and digest together only the digest is kept. Linear in the length of the text.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ImageReference? reference, [NotNullWhen(false)] out string? error) =>
        ImageReferenceParser.TryParse(text, out reference, out error);

    /// <summary>Parses <paramref name="text"/>; see <see cref="TryParse"/>.</summary>
    /// <exception cref="FormatException">It is not a reference; the message says at which position and what was expected.</exception>
    public static ImageReference Parse(string text) =>
        TryParse(text, out var reference, out var error) ? reference : throw new FormatException(error);

    /// <summary>The same repository at <paramref name="digest"/>, without a tag: what is pulled once it was verified.</summary>
    public ImageReference WithDigest(Digest digest)
    {
        ArgumentNullException.ThrowIfNull(digest);
        return new ImageReference(Registry, Repository, null, digest);
    }

    /// <inheritdoc/>
    public bool Equals(ImageReference? other) =>
        other is not null && string.Equals(Name, other.Name, StringComparison.Ordinal)
        && string.Equals(Tag, other.Tag, StringComparison.Ordinal) && Digest == other.Digest;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ImageReference);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Tag, Digest);

    /// <summary>The canonical text: <c>docker.io/library/nginx:latest</c> or <c>ghcr.io/org/app@sha256:…</c>.</summary>
    public override string ToString() => Digest is not null ? $"{Name}@{Digest}" : $"{Name}:{Tag}";
}
