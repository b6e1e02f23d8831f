using System.Text;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Tests.Importing;

/// <summary>What is written is what was meant: another system's text never becomes a line of the policy.</summary>
public sealed class NativeWriterTests
{
    private static readonly PolicyPosition Here = new("theirs.yaml", 7, 3, "spec");

    [Fact]
    public void Write_EveryKindThatLoads_Loads()
    {
        var written = NativeWriter.Write(Everything());

        var model = Policies.Model(written.Text);

        Assert.Equal(["anyone", "key"], model.Authorities.Select(a => a.Name));
        Assert.Equal(["corp"], model.TrustRoots.Select(r => r.Name));
        Assert.Equal(["blocked", "floating", "signed"], model.Rules.Select(r => r.Name));
        Assert.Equal(PolicyMode.Audit, model.Rules[1].Mode);
        Assert.Equal(UnmatchedAction.Allow, model.Unmatched);
        Assert.Equal(written.Text, NativeWriter.Write(Everything()).Text);
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("a # comment")]
    [InlineData("quote \" and ' and \\ and {x: y}")]
    [InlineData("x\"}\n  - name: injected\n    images: [\"**\"]\n    allow: {reason: \"yes\"}\n#")]
    [InlineData("\u2028\u0085\u0007 é 😀")]
    [InlineData("*alias")]
    [InlineData("true")]
    [InlineData("")]
    public void Scalar_AnyText_IsReadBackAsItIs(string text)
    {
        var errors = new ErrorList();
        var yaml = $"[{YamlText.Scalar(text)}, {YamlText.Quoted(text)}, {{{YamlText.Quoted(text)}: 1}}]";

        var list = Assert.IsType<YamlSequence>(Assert.Single(YamlReader.Read(new PolicyFile("t", Encoding.UTF8.GetBytes(yaml)), errors)));

        Assert.Equal(0, errors.Count);
        Assert.Equal([text, text], list.Items.OfType<YamlScalar>().Select(s => s.Text));
        Assert.Equal(text, Assert.Single(Assert.IsType<YamlMapping>(list.Items[2]).Entries).Key);
    }

    [Theory]
    [InlineData("x\n  - name: injected")]
    [InlineData("x\u2028- name: injected")]
    [InlineData("x\u0085- name: injected")]
    public void Write_LineBreakInAComment_StaysInTheComment(string from)
    {
        var policy = Everything();
        policy = policy with { Rules = [policy.Rules[0] with { From = from }] };

        Assert.Equal("signed", Assert.Single(Policies.Model(NativeWriter.Write(policy).Text).Rules).Name);
    }

    [Fact]
    public void Write_TextThatIsNoPem_StaysInItsQuotes()
    {
        var policy = Everything() with { Authorities = [new NativeAuthority.Cosign("key", Here, [NativeMaterial.OfPem("x\nrules: []")])] };

        var result = Policies.Load(NativeWriter.Write(policy).Text);

        Assert.Contains(result.Errors, e => e.Position.Path == "authorities[0].cosign.keys[0].pem");
    }

    [Fact]
    public void OriginOf_LineOfAnAuthority_IsItsPlaceInTheSource()
    {
        var there = Here with { Line = 40 };
        var written = NativeWriter.Write(Everything() with
        {
            Authorities = [new NativeAuthority.Notation("notation", there, [new("ca", [NativeMaterial.OfFile("/etc/ca.pem")])], ["*"], "strict")],
        });

        var line = written.Text.Split('\n').Index().First(l => l.Item.Contains("trustStores", StringComparison.Ordinal)).Index + 1;

        Assert.Equal(there, written.OriginOf(Here with { Line = line }));
    }

    [Fact]
    public void Unique_TwoTextsOfOneName_AreTwoNames()
    {
        var names = new NativeNames();

        Assert.Equal(["a-b", "a-b-2", "imported", "imported-2"], new[] { "a b", "a\nb", "…", "" }.Select(names.Unique));
        Assert.Equal(100, names.Unique(new string('x', 400)).Length);
    }

    private static NativePolicy Everything() => new()
    {
        Name = "imported",
        Origin = Here,
        Unmatched = UnmatchedAction.Allow,
        TrustRoots = [new NativeTrustRoot("corp", Here) { TransparencyLogs = [new(NativeMaterial.OfFile("one.pub"), "https://rekor.corp.example")], CertificateAuthorities = [new(NativeMaterial.OfFile("chain.pem"), "https://fulcio.corp.example")] }],
        Authorities =
        [
            new NativeAuthority.Cosign("key", Here, [NativeMaterial.OfPem(Policies.One.PublicPem), NativeMaterial.OfFile("two.pub")])
            {
                LogTrustRoot = "corp",
                Form = new NativeForm(Bundle: false, Legacy: true),
            },
            new NativeAuthority.Keyless("anyone", Here, "corp", [new(new("https://issuer.example", false), new(".+@corp\\.example", true))]),
        ],
        Rules =
        [
            new NativeRule("signed", Here, "theirs.yaml:7 'signed'")
            {
                Images = ["ghcr.io/org/**"],
                IncludedNamespaces = ["prod-*"],
                ExcludedNamespaces = ["prod-sandbox"],
                Action = new NativeAction.Require(NativeRequirement.All(
                    [new NativeRequirement.Authority("key"), new NativeRequirement.AnyOf([new NativeRequirement.Authority("anyone"), new NativeRequirement.AtLeast(2, [new NativeRequirement.Authority("key")])])]))
                {
                    Attestations = [new("https://slsa.dev/provenance/v1", ["anyone"])],
                },
            },
            new NativeRule("blocked", Here, "") { Images = ["docker.io/library/**"], Action = new NativeAction.Deny("it says \"no\": #1") },
            new NativeRule("floating", Here, "") { Images = ["**:latest"], Mode = PolicyMode.Audit, Action = new NativeAction.Allow("fine") },
        ],
    };
}
