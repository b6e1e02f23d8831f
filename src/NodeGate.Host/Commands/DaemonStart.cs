using Microsoft.Extensions.Logging;
using NodeGate.Host.Configuration;
using NodeGate.Host.Daemon;

namespace NodeGate.Host.Commands;

/// <summary>What a daemon starts with: everything that was read and found good.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="Folder">Where the policy is.</param>
/// <param name="Policy">The policy.</param>
/// <param name="Loggers">The logs.</param>
internal sealed record DaemonStart(NodeGateConfig Config, PolicyFolder Folder, PolicySnapshot Policy, ILoggerFactory Loggers);
