using System.Text;
using NodeGate.Oci;
using NodeGate.Verification;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>The image that all minted evidence is about. See <see cref="Minting.Mint"/>.</summary>
internal static class World
{
    public const string Repository = "ghcr.io/org/app";
    public const string PredicateType = "https://slsa.dev/provenance/v1";

    public static byte[] ImageBytes { get; } = Encoding.UTF8.GetBytes(
        """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{},"layers":[]}""");

    /// <summary>Gets what the minted timestamp is over.</summary>
    public static byte[] Stamped { get; } = "a signature"u8.ToArray();

    public static SignedSubject Subject { get; } = new(
        ImageReference.Parse(Repository + ":1.0"), new Descriptor(MediaTypes.OciManifest, Digest.Of(ImageBytes), ImageBytes.Length), ImageBytes);
}
