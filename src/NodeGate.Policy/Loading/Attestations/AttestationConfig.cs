using System.Collections.Immutable;
using NodeGate.Policy.Conditions;

namespace NodeGate.Policy.Loading.Attestations;

/// <summary>An entry of a rule's <c>attestations</c> as it is written.</summary>
internal sealed record AttestationConfig(Located? Type, ImmutableArray<Located> By, ImmutableArray<PredicateCondition> Conditions);
