using FsCheck;
using FsCheck.Fluent;

namespace NodeGate.Oci.Tests;

public sealed class ImageReferencePropertyTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(20_000);

    [Fact]
    public void TryParse_JumbledPieces_AgreesWithTheGrammarAsAnExpression() =>
        Prop.ForAll(ReferenceGenerators.Jumbled, AgreesWithOracle).Check(Thorough);

    [Fact]
    public void TryParse_MutatedReference_AgreesWithTheGrammarAsAnExpression() =>
        Prop.ForAll(ReferenceGenerators.Mutated, AgreesWithOracle).Check(Thorough);

    [Fact]
    public void TryParse_AnyText_AgreesWithTheGrammarAsAnExpression() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(text => text is not null), AgreesWithOracle).QuickCheckThrowOnFailure();

    [Fact]
    public void Parse_CanonicalText_IsTheReferenceItself() =>
        Prop.ForAll(ReferenceGenerators.Mutated, text =>
            !ImageReference.TryParse(text, out var reference, out _)
            || (ImageReference.Parse(reference.ToString()).Equals(reference) && reference.ToString() == ImageReference.Parse(reference.ToString()).ToString()))
            .Check(Thorough);

    [Fact]
    public void PolicyName_AnyReference_IsItsOwnPolicyName() =>
        Prop.ForAll(ReferenceGenerators.Mutated, text =>
            !ImageReference.TryParse(text, out var reference, out _)
            || !ImageReference.TryParse(reference.PolicyName, out var again, out _)
            || again.PolicyName == ImageReference.Parse(again.PolicyName).PolicyName)
            .Check(Thorough);

    [Fact]
    public void Generators_Mutated_ReachBothSidesOfTheGrammar()
    {
        var texts = ReferenceGenerators.Mutated.Generator.Sample(2_000);
        var accepted = texts.Count(text => ReferenceOracle.Normalise(text) is not null);

        Assert.InRange(accepted, 400, 1_800);
    }

    private static bool AgreesWithOracle(string text)
    {
        var parsed = ImageReference.TryParse(text, out var reference, out var error);
        return parsed == (error is null) && string.Equals(reference?.ToString(), ReferenceOracle.Normalise(text), StringComparison.Ordinal);
    }
}
