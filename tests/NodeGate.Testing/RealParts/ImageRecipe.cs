namespace NodeGate.Testing.RealParts;

/// <summary>A small image of a static busybox.</summary>
public sealed record ImageRecipe
{
    /// <summary>Stands in the file /seed: each text makes another image.</summary>
    public string Seed { get; init; } = Guid.NewGuid().ToString();

    public IReadOnlyList<string> Entrypoint { get; init; } = ["/bin/sleep", "3600"];

    /// <summary>The USER of the image: a name, a number, or empty for root. <c>app</c> (1000) exists.</summary>
    public string User { get; init; } = "";

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Bytes of random content, for tests that need a pull to take time.</summary>
    public int PaddingBytes { get; init; }

    /// <summary>Docker schema 2 media types instead of OCI's.</summary>
    public bool DockerMediaTypes { get; init; }
}
