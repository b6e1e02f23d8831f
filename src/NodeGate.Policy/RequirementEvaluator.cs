namespace NodeGate.Policy;

/// <summary>
/// Evaluates a requirement over the signers of each authority; an authority with none is not satisfied. Monotone: more signers never
/// make a requirement fail, so evaluating it once with what is known and once with what is possible gives all three answers.
/// </summary>
internal static class RequirementEvaluator
{
    public static RequirementResult Evaluate(Requirement requirement, Func<Authority, SignerSet> signersOf)
    {
        if (requirement is Requirement.AuthorityRef { Authority: var authority })
        {
            var signers = signersOf(authority);
            return new RequirementResult(!signers.IsEmpty, signers);
        }

        var members = requirement.Members.Select(m => Evaluate(m, signersOf)).ToArray();
        var union = SignerSet.Union(members.Where(m => m.Holds).Select(m => m.Signers));
        var holds = requirement switch
        {
            Requirement.AnyOf => members.Any(m => m.Holds),
            Requirement.AllOf => members.Length > 0 && members.All(m => m.Holds),
            Requirement.AtLeast atLeast => union.CanBe(atLeast.Count) && !union.IsEmpty,
            _ => false,
        };
        return new RequirementResult(holds, holds ? union : SignerSet.Empty);
    }
}
