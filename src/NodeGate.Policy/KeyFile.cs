namespace NodeGate.Policy;

/// <summary>What came of reading a key file: its bytes, or why they could not be had.</summary>
public sealed class KeyFile
{
    private KeyFile(ReadOnlyMemory<byte> content, string? error)
    {
        Content = content;
        Error = error;
    }

    /// <summary>The file's bytes; empty where <see cref="Error"/> is set.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>What was found instead of a readable file, such as <c>no such file</c>; null on success.</summary>
    public string? Error { get; }

    /// <summary>The file was read.</summary>
    public static KeyFile Found(ReadOnlyMemory<byte> content) => new(content, null);

    /// <summary>The file could not be read. <paramref name="error"/> is a phrase such as <c>no such file</c>, without the file's content.</summary>
    public static KeyFile Unreadable(string error)
    {
        ArgumentException.ThrowIfNullOrEmpty(error);
        return new KeyFile(default, error);
    }
}
