using System.Collections.Immutable;

namespace NodeGate.Policy.Testing;

/// <summary>A document of kind <c>PolicyTest</c>.</summary>
/// <param name="Position">Where it begins.</param>
/// <param name="Policy">The policy file or folder that is tested, as it is written: relative to the document's file; null where none is named.</param>
/// <param name="Cases">The cases in their order.</param>
public sealed record PolicyTestDocument(PolicyPosition Position, string? Policy, ImmutableArray<PolicyTestCase> Cases);
