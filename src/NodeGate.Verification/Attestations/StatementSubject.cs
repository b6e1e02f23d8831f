using System.Collections.Immutable;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Attestations;

/// <summary>A subject of an in-toto statement (resource_descriptor.md).</summary>
/// <param name="Digests">Its digests: algorithm to lower-case hexadecimal.</param>
/// <param name="Annotations">Its annotations whose values are text.</param>
internal sealed record StatementSubject(ImmutableDictionary<string, string> Digests, ImmutableDictionary<string, string> Annotations)
{
    /// <exception cref="EvidenceFormatException">It is not a subject.</exception>
    public static StatementSubject Read(StrictNode subject)
    {
        var digests = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (algorithm, value) in subject.Required("digest").Members(VerificationLimits.MaxDigestsPerSubject))
        {
            digests[algorithm] = value.Text();
        }

        return new StatementSubject(
            digests.ToImmutable(), subject.Optional("annotations")?.Annotations() ?? ImmutableDictionary<string, string>.Empty);
    }
}
