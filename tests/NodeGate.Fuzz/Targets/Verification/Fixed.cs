using NodeGate.Fuzz.Engine;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>Keys of each kind, the same in every process.</summary>
internal static class Fixed
{
    public static IReadOnlyList<byte[]> Keys { get; } = [.. Corpus.Of("public-key").Where(entry => entry.File.StartsWith("seed-", StringComparison.Ordinal)).Select(entry => entry.Input)];
}
