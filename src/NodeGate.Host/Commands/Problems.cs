using NodeGate.Host.Configuration;
using NodeGate.Host.Daemon;
using NodeGate.Host.Trust;
using NodeGate.Policy;

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

    /// <summary>The policy as the daemon of <paramref name="config"/> would load it, or null after its errors were written.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="path">Another policy than the configuration's; null for that.</param>
    /// <param name="error">Where errors go.</param>
    internal static async Task<PolicyModel?> LoadPolicyAsync(NodeGateConfig config, string? path, TextWriter error) =>
        (await LoadPolicyAsync(new PolicyFolder(path ?? config.Policy, new TufTrustStore(config.State, TimeProvider.System)), error))?.Model;

    /// <summary>The policy with the look of its files, or null after its errors were written.</summary>
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
