using System.Text;
using System.Text.RegularExpressions;
using NodeGate.Testing.RealParts;

namespace NodeGate.Policy.Tests;

/// <summary>The examples of the user documentation are policies that load, without a warning.</summary>
public sealed partial class ReadmeTests
{
    /// <summary>The policy of this room's pages, and that of the first page.</summary>
    internal static IEnumerable<string> Policies() =>
    [
        Tests.Policies.Head + string.Concat(((string[])["README.md", "Loading/Trust/README.md"]).SelectMany(page => Blocks("src/NodeGate.Policy/" + page))),
        Blocks("README.md").Single(b => b.Contains("kind: ImagePolicy", StringComparison.Ordinal)).Replace("sha256:…", Tests.Policies.A.ToString(), StringComparison.Ordinal),
    ];

    [Fact]
    public void Load_ExamplesOfThisRoom_ArePartsOfOnePolicy()
    {
        var model = Load(Policies().First());

        Assert.Equal(["corp", "mirrored", "public-good", "staging"], model.TrustRoots.Select(r => r.Name));
        Assert.Equal(["github-release", "release-key"], model.Authorities.Select(a => a.Name));
        Assert.Equal(2, Assert.IsType<RuleAction.Require>(Assert.Single(model.Rules).Action).Attestations[0].Conditions.Length);
    }

    [Fact]
    public void Load_ExampleOfTheFirstPage_IsAPolicy()
    {
        var model = Load(Policies().Last());

        Assert.Equal(["no-latest", "org", "pause"], model.Rules.Select(r => r.Name));
    }

    private static PolicyModel Load(string text)
    {
        var result = Tests.Policies.LoadWith(new ReadmeFiles(), text);
        Assert.True(result.IsLoaded, string.Join('\n', result.Errors));
        Assert.Empty(PolicyLinter.Lint(result.Model, Tests.Policies.Now));
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
            "release.pub" => Tests.Policies.One.PublicDer,
            "former.pub" => Tests.Policies.Two.PublicDer,
            "ctfe.pub" or "rekor.pub" => Tests.Policies.Three.PublicDer,
            "fulcio-chain.pem" or "tsa-chain.pem" => Encoding.UTF8.GetBytes(TrustFiles.ChainPem),
            _ => TrustFiles.Json(),
        });

        public FileContent ReadBuiltIn(string name) => FileContent.Found(TrustFiles.Json());

        public FileContent ReadBuiltInTufRoot(string name) => FileContent.Found("built-in tuf root"u8.ToArray());

        public FileContent ReadFetched(TufSource source) => FileContent.Found(TrustFiles.Json());
    }
}
