using System.Collections.Immutable;

namespace NodeGate.Gate.State;

/// <summary>A digest that was verified and admitted.</summary>
/// <param name="Key">What it is good for.</param>
/// <param name="AdmittedAt">When.</param>
/// <param name="Signers">Who signed, for people.</param>
public sealed record Admission(AdmissionKey Key, DateTimeOffset AdmittedAt, ImmutableArray<string> Signers);
