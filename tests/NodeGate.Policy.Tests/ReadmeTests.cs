using System.Text;
using System.Text.RegularExpressions;
using NodeGate.Testing.RealParts;

namespace NodeGate.Policy.Tests;

/// <summary>The examples of the user documentation are policies that load, without a warning.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Load_ExamplesOfThisRoom_ArePartsOfOnePolicy()
    {
        var model = Load(Policies.Head + string.Concat(Blocks("src/NodeGate.Policy/README.md")));

        Assert.Equal(["corp", "mirrored", "public-good", "staging"], model.TrustRoots.Select(r => r.Name));
        Assert.Equal(["github-release", "release-key"], model.Authorities.Select(a => a.Name));
        Assert.Equal(2, Assert.IsType<RuleAction.Require>(Assert.Single(model.Rules).Action).Attestations[0].Conditions.Length);
    }

    [Fact]
    public void Load_ExampleOfTheFirstPage_IsAPolicy()
    {
        var policy = Blocks("README.md").Single(b => b.Contains("kind: ImagePolicy", StringComparison.Ordinal));

        var model = Load(policy.Replace("sha256:…", Policies.A.ToString(), StringComparison.Ordinal));

        Assert.Equal(["no-latest", "org", "pause"], model.Rules.Select(r => r.Name));
    }

    private static PolicyModel Load(string text)
    {
        var result = Policies.LoadWith(new ReadmeFiles(), text);
        Assert.True(result.IsLoaded, string.Join('\n', result.Errors));
        Assert.Empty(PolicyLinter.Lint(result.Model, Policies.Now));
        return result.Model;
    }

    /// <summary>Runs of indented lines, without the indent.</summary>
    private static IEnumerable<string> Blocks(string readme) =>
        Block().Matches(File.ReadAllText(Path.Combine(Tools.Repository, readme))).Select(m => Regex.Replace(m.Value, "^    ", "", RegexOptions.Multiline));

    [GeneratedRegex("(?:^    .*\n)+", RegexOptions.Multiline)]
    private static partial Regex Block();

    private sealed class ReadmeFiles : IPolicyFiles
    {
        public FileContent Read(string policyPath, string file, int maxBytes) => FileContent.Found(Path.GetFileName(file) switch
        {
            "release.pub" => Policies.One.PublicDer,
            "former.pub" => Policies.Two.PublicDer,
            "ctfe.pub" or "rekor.pub" => Policies.Three.PublicDer,
            "fulcio-chain.pem" or "tsa-chain.pem" => Encoding.UTF8.GetBytes(TrustFiles.ChainPem),
            _ => TrustFiles.Json(),
        });

        public FileContent ReadBuiltIn(string name) => FileContent.Found(TrustFiles.Json());

        public FileContent ReadBuiltInTufRoot(string name) => FileContent.Found("built-in tuf root"u8.ToArray());

        public FileContent ReadFetched(TufSource source) => FileContent.Found(TrustFiles.Json());
    }
}
