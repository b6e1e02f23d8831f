using System.Collections.Immutable;

namespace NodeGate.Policy.Importing;

/// <summary>What came of an import: a document that admits and refuses what its source does, or every reason why there is none.</summary>
/// <param name="Document">The document in YAML, which loads; null where there are errors.</param>
/// <param name="Errors">What cannot be kept exactly, each with its place in the source, why, and what to write by hand.</param>
/// <param name="Notes">What to know about the document, or what of the source was left out because it cannot change an answer.</param>
public sealed record ImportResult(string? Document, ImmutableArray<PolicyError> Errors, ImmutableArray<string> Notes);
