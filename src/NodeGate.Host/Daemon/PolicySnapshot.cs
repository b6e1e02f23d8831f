using NodeGate.Policy;

namespace NodeGate.Host.Daemon;

/// <summary>One reading of the policy: the model or all errors, and what the files looked like just before they were read.</summary>
internal sealed record PolicySnapshot(PolicyModel? Model, IReadOnlyList<string> Errors, IReadOnlyDictionary<string, FileStamp> Stamps);
