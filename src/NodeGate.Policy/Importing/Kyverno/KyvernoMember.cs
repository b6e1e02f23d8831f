using NodeGate.Policy.Importing.Native;

namespace NodeGate.Policy.Importing.Kyverno;

/// <summary>What an entry of an attestor set becomes.</summary>
/// <param name="Requirement">What must hold.</param>
/// <param name="Key">The key, where the entry is one key; else null.</param>
internal sealed record KyvernoMember(NativeRequirement Requirement, string? Key);
