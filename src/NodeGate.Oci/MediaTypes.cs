namespace NodeGate.Oci;

/// <summary>The media types that NodeGate tells apart.</summary>
public static class MediaTypes
{
    /// <summary>OCI image manifest.</summary>
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>OCI image index.</summary>
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";

    /// <summary>Docker image manifest, version 2, schema 2.</summary>
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>Docker manifest list, version 2, schema 2.</summary>
    public const string DockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// <summary>The empty descriptor's type (OCI image specification, "Guidance for an Empty Descriptor").</summary>
    public const string OciEmpty = "application/vnd.oci.empty.v1+json";

    /// <summary>A payload of a legacy cosign signature.</summary>
    public const string CosignSimpleSigning = "application/vnd.dev.cosign.simplesigning.v1+json";

    /// <summary>A Sigstore bundle of version 0.3 as an OCI layer or artifact type.</summary>
    public const string SigstoreBundleV03 = "application/vnd.dev.sigstore.bundle.v0.3+json";

    /// <summary>What every Sigstore bundle's media type begins with.</summary>
    public const string SigstoreBundlePrefix = "application/vnd.dev.sigstore.bundle";

    /// <summary>A DSSE envelope as an OCI layer (legacy cosign attestation).</summary>
    public const string DsseEnvelope = "application/vnd.dsse.envelope.v1+json";

    /// <summary>A Notary Project signature manifest's artifact type.</summary>
    public const string NotationSignature = "application/vnd.cncf.notary.signature";

    /// <summary>The Accept header of a manifest request, in order of preference.</summary>
    public const string ManifestAccept = OciManifest + ", " + OciIndex + ", " + DockerManifest + ", " + DockerManifestList;

    /// <summary>Whether a declared type may become part of requests and log lines: printable ASCII only, and not too long.</summary>
    public static bool IsWellFormed(string mediaType) =>
        mediaType.Length is > 0 and <= OciLimits.MaxMediaTypeLength && !mediaType.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>True for an index: OCI index or Docker manifest list.</summary>
    public static bool IsIndex(string mediaType) => mediaType is OciIndex or DockerManifestList;

    /// <summary>True for an image manifest: OCI or Docker schema 2.</summary>
    public static bool IsManifest(string mediaType) => mediaType is OciManifest or DockerManifest;
}
