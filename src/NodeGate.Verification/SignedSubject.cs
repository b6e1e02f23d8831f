using System.Security.Cryptography;
using NodeGate.Oci;

namespace NodeGate.Verification;

/// <summary>
/// The image that evidence must be about: the reference as pulled and the manifest (or index) that it resolved to, bytes included.
/// A subject whose bytes do not have its digest cannot be made.
/// </summary>
public sealed class SignedSubject
{
    /// <summary>Creates the subject from content that was resolved once.</summary>
    /// <exception cref="ArgumentException"><paramref name="manifest"/> does not have the descriptor's digest and size.</exception>
    public SignedSubject(ImageReference reference, Descriptor descriptor, ReadOnlyMemory<byte> manifest)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(descriptor);
        // check: subject-bytes
        if (descriptor.Size != manifest.Length || !descriptor.Digest.Matches(manifest.Span))
        {
            throw new ArgumentException(
                $"The manifest's {manifest.Length} bytes are not those of {descriptor.Digest} ({descriptor.Size} bytes).", nameof(manifest));
        }

        Reference = reference;
        Descriptor = descriptor;
        Manifest = manifest;
        Sha256 = descriptor.Digest.Algorithm == DigestAlgorithm.Sha256 ? descriptor.Digest : Digest.Of(manifest.Span);
    }

    /// <summary>The reference as pulled, normalised; its repository is what a payload must name.</summary>
    public ImageReference Reference { get; }

    /// <summary>Media type, digest and size of <see cref="Manifest"/>.</summary>
    public Descriptor Descriptor { get; }

    /// <summary>The exact bytes of the manifest or index.</summary>
    public ReadOnlyMemory<byte> Manifest { get; }

    /// <summary>
    /// The SHA-256 digest of <see cref="Manifest"/>: what signatures are about, also where the image is pulled by its SHA-512 digest.
    /// </summary>
    public Digest Sha256 { get; }

    /// <summary>The hash of the manifest with another algorithm, for bundles whose <c>messageDigest</c> uses it.</summary>
    internal byte[] HashManifest(HashAlgorithmName algorithm) => CryptographicOperations.HashData(algorithm, Manifest.Span);
}
