using System.Text.Json;
using NodeGate.Verification;

namespace NodeGate.Policy.Conditions;

/// <summary>What must hold at one place of an attestation's predicate.</summary>
internal sealed record PredicateCondition(JsonPointer Path, ConditionTest Test)
{
    /// <summary>Judges the verified <paramref name="predicate"/>, as one step of the trace.</summary>
    public VerificationStep Judge(JsonElement predicate, DateTimeOffset now)
    {
        var found = Path.Find(predicate);
        var holds = Test.Holds(found, now);
        return new VerificationStep(
            StepNames.Condition,
            holds ? StepOutcome.Passed : StepOutcome.Failed,
            holds ? $"{Path} is {FoundText.Of(found)}: {Test}" : $"{Path} is {FoundText.Of(found)}; expected {Test}");
    }

    /// <summary>The place and what must hold there.</summary>
    public override string ToString() => $"{Path} {Test}";
}
