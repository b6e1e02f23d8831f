using System.Collections.Immutable;
using System.Text.Json;
using NodeGate.Verification;

namespace NodeGate.Policy.Conditions;

/// <summary>Judges a verified attestation by the conditions of a rule: on its verified bytes, and on nothing else.</summary>
internal static class AttestationConditions
{
    public static EvidenceResult Judge(EvidenceResult result, AttestationRequirement requirement, DateTimeOffset now)
    {
        if (result is not VerifiedEvidence { Result.Attestation: { } attestation } verified)
        {
            return result;
        }

        using var predicate = JsonDocument.Parse(attestation.Predicate);
        var steps = ImmutableArray.CreateBuilder<VerificationStep>();
        foreach (var condition in requirement.Conditions)
        {
            steps.Add(condition.Judge(predicate.RootElement, now));
            if (steps[^1].Outcome != StepOutcome.Passed)
            {
                break;
            }
        }

        return verified.Judged(steps.ToImmutable());
    }
}
