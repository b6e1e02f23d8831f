using NodeGate.Oci;
using NodeGate.Verification.Signers;

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
        Signed = SignedBytes.Of(manifest);
        Sha256 = descriptor.Digest.Algorithm == DigestAlgorithm.Sha256 ? descriptor.Digest : Digest.Of(manifest.Span);
    }

    private SignedSubject(ImageReference reference, Digest sha256)
    {
        Reference = reference;
        Descriptor = new Descriptor(MediaTypes.OciManifest, sha256, 0);
        Signed = SignedBytes.OfSha256(sha256.ToHash());
        Sha256 = sha256;
    }

    /// <summary>The reference as pulled, normalised; its repository is what a payload must name.</summary>
    public ImageReference Reference { get; }

    /// <summary>Media type, digest and size of the manifest.</summary>
    public Descriptor Descriptor { get; }

    /// <summary>
    /// The SHA-256 digest of the manifest: what signatures are about, also where the image is pulled by its SHA-512 digest.
    /// </summary>
    public Digest Sha256 { get; }

    /// <summary>The manifest as what a signature may be over.</summary>
    internal SignedBytes Signed { get; }

    /// <summary>
    /// Something that is known by its SHA-256 digest only, as the conformance protocol names artifacts. Signatures over the bytes themselves
    /// verify only where their algorithm hashes with SHA-256; all others are rejected.
    /// </summary>
    public static SignedSubject KnownByDigest(ImageReference reference, Digest sha256)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return sha256.Algorithm == DigestAlgorithm.Sha256
            ? new SignedSubject(reference, sha256)
            : throw new ArgumentException($"{sha256} is not a SHA-256 digest.", nameof(sha256));
    }
}
