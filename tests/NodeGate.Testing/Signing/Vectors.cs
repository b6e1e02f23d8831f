namespace NodeGate.Testing.Signing;

/// <summary>
/// The public test vectors: the folder in <c>NODEGATE_VECTORS</c>, or <c>shared/vectors</c> beside the checkout. Read in place, never copied.
/// </summary>
public static class Vectors
{
    /// <summary>The folder, or null where there is none.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>The path of a file or folder among the vectors.</summary>
    public static string PathOf(params string[] parts) =>
        Path.Combine([Folder ?? throw new InvalidOperationException("There are no vectors; use [VectorsFact]."), .. parts]);

    private static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("NODEGATE_VECTORS");
        if (!string.IsNullOrEmpty(named))
        {
            return Directory.Exists(named) ? named : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var beside = Path.Combine(folder.FullName, "shared", "vectors");
            if (Directory.Exists(beside))
            {
                return beside;
            }
        }

        return null;
    }
}
