using NodeGate.Fuzz.Engine;

namespace NodeGate.Fuzz.Tests;

/// <summary><c>make test</c>: the whole corpus, and a few mutations that are the same every time. Searching is what <c>make fuzz</c> is for.</summary>
[Trait("Category", "Property")]
public sealed class ReplayTests
{
    private const int Mutations = 300;
    private const int Seed = 20260101;

    public static TheoryData<string> Names => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_CorpusOfTarget_OracleHolds(string name)
    {
        var fuzzer = new Fuzzer(FuzzTargets.Named(name), Seed);

        Assert.All(Corpus.Of(name), entry => Assert.Null(fuzzer.Try(entry.Input)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_MutationsOfTarget_OracleHolds(string name)
    {
        var finding = new Fuzzer(FuzzTargets.Named(name), Seed).Run(iteration => iteration == Mutations);

        Assert.True(finding is null, finding is { } f ? $"{f.Failure}\ninput: {Convert.ToBase64String(f.Input)}" : "");
    }
}
