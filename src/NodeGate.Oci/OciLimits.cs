namespace NodeGate.Oci;

/// <summary>The upper bounds on what NodeGate reads of references, manifests and descriptors. All of this room's limits stand here.</summary>
public static class OciLimits
{
    /// <summary>Longest accepted reference text, in characters. The grammar's own bounds (name 255, tag 128, digest 135) stay well below.</summary>
    public const int MaxReferenceLength = 1024;

    /// <summary>Longest name (registry and repository together), in characters, as containerd 1.6 has it; later ones count the repository alone.</summary>
    public const int MaxNameLength = 255;

    /// <summary>Longest tag, in characters (distribution specification).</summary>
    public const int MaxTagLength = 128;

    /// <summary>Largest manifest or index, in bytes (distribution specification: registries must accept 4 MiB).</summary>
    public const int MaxManifestBytes = 4 * 1024 * 1024;

    /// <summary>Most descriptors in the layers of a manifest.</summary>
    public const int MaxLayers = 1024;

    /// <summary>Most descriptors in an index, a referrers page included.</summary>
    public const int MaxIndexEntries = 16384;

    /// <summary>Most annotations on one descriptor or manifest.</summary>
    public const int MaxAnnotations = 512;

    /// <summary>Most bytes in all annotations of one descriptor or manifest together (keys and values, UTF-8).</summary>
    public const int MaxAnnotationBytes = 256 * 1024;

    /// <summary>Deepest nesting of a manifest's JSON.</summary>
    public const int MaxJsonDepth = 16;

    /// <summary>Longest media type, in characters.</summary>
    public const int MaxMediaTypeLength = 255;
}
