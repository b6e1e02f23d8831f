namespace NodeGate.Policy;

/// <summary>What came of reading something that a policy names: its bytes, or why they could not be had.</summary>
public sealed class FileContent
{
    private FileContent(ReadOnlyMemory<byte> content, string? error)
    {
        Content = content;
        Error = error;
    }

    /// <summary>The bytes; empty where <see cref="Error"/> is set.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>What was found instead of a readable file, such as <c>no such file</c>; null on success.</summary>
    public string? Error { get; }

    /// <summary>It was read.</summary>
    public static FileContent Found(ReadOnlyMemory<byte> content) => new(content, null);

    /// <summary>It could not be read. <paramref name="error"/> is a phrase such as <c>no such file</c>, without the file's content.</summary>
    public static FileContent Unreadable(string error)
    {
        ArgumentException.ThrowIfNullOrEmpty(error);
        return new FileContent(default, error);
    }
}
