using NodeGate.Host.Configuration;
using NodeGate.Host.Daemon;

namespace NodeGate.Host.Commands;

/// <summary>Loads configuration and policy for a command; all problems of both are listed before it ends with 64.</summary>
internal static class Problems
{
    /// <summary>The configuration, or null after its errors were written.</summary>
    internal static async Task<NodeGateConfig?> LoadConfigAsync(string? path, TextWriter error)
    {
        var loaded = ConfigLoader.Load(path);
        foreach (var problem in loaded.Errors)
        {
            await error.WriteLineAsync($"nodegate: {problem}");
        }

        return loaded.Config;
    }

    /// <summary>The policy, or null after its errors were written.</summary>
    internal static async Task<PolicySnapshot?> LoadPolicyAsync(PolicyFolder folder, TextWriter error)
    {
        var snapshot = folder.Load();
        foreach (var problem in snapshot.Errors)
        {
            await error.WriteLineAsync($"nodegate: {problem}");
        }

        return snapshot.Model is null ? null : snapshot;
    }
}
