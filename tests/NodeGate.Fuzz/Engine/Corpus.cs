using System.Security.Cryptography;

namespace NodeGate.Fuzz.Engine;

/// <summary>The committed inputs, one folder for each target: seeds that were minted once, inputs with an outcome of their own, regressions.</summary>
internal static class Corpus
{
    /// <summary>Gets the folder in the checkout.</summary>
    public static string Root { get; } = Path.Combine(Repository, "tests", "NodeGate.Fuzz", "corpus");

    /// <summary>Gets the checkout.</summary>
    public static string Repository => Environment.GetEnvironmentVariable("NODEGATE_REPOSITORY") ?? FindRepository();

    /// <summary>The inputs of a target by file name.</summary>
    public static IReadOnlyList<(string File, byte[] Input)> Of(string target)
    {
        var folder = Path.Combine(Root, target);
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))]
            : [];
    }

    /// <summary>A file of the world that minted evidence belongs to: what the verifier trusts.</summary>
    public static byte[] World(string name) => File.ReadAllBytes(Path.Combine(Root, "world", name));

    /// <summary>Adds an input under the hash of its bytes.</summary>
    public static void Add(string target, byte[] input)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, target));
        File.WriteAllBytes(Path.Combine(folder.FullName, Name(input)), input);
    }

    /// <summary>A name for an input.</summary>
    public static string Name(ReadOnlySpan<byte> input) => Convert.ToHexStringLower(SHA256.HashData(input).AsSpan(0, 6));

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "NodeGate.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No NodeGate.sln above {AppContext.BaseDirectory}.");
    }
}
