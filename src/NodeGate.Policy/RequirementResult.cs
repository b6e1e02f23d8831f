namespace NodeGate.Policy;

/// <summary>What a requirement comes to, given who signed.</summary>
/// <param name="Holds">Whether it holds.</param>
/// <param name="Signers">The distinct signers of everything in it that holds; empty where it does not hold.</param>
internal readonly record struct RequirementResult(bool Holds, SignerSet Signers);
