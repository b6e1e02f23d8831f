using System.Collections.Immutable;

namespace NodeGate.Policy;

/// <summary>
/// Evaluates a requirement over the signers of each authority; an authority with none is not satisfied. Monotone: more signers never
/// make a requirement fail, so evaluating it once with what is known and once with what is possible gives all three answers.
/// </summary>
internal static class RequirementEvaluator
{
    public static RequirementResult Evaluate(Requirement requirement, Func<Authority, ImmutableArray<string>> signersOf)
    {
        if (requirement is Requirement.AuthorityRef { Authority: var authority })
        {
            var signers = signersOf(authority);
            return new RequirementResult(signers.Length > 0, signers);
        }

        var members = requirement.Members.Select(m => Evaluate(m, signersOf)).ToArray();
        // A set: a duplicate entry, or one key in two authorities, would count twice towards the threshold.
        var union = members.Where(m => m.Holds).SelectMany(m => m.SignerIds).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToImmutableArray();
        var holds = requirement switch
        {
            Requirement.AnyOf => members.Any(m => m.Holds),
            Requirement.AllOf => members.Length > 0 && members.All(m => m.Holds),
            Requirement.AtLeast atLeast => union.Length >= atLeast.Count && union.Length > 0,
            _ => false,
        };
        return new RequirementResult(holds, holds ? union : []);
    }
}
