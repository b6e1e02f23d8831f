using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace NodeGate.Policy.Tests;

public sealed class YamlAttackTests
{
    [Fact]
    public void Load_BillionLaughs_IsRefusedAtTheAnchors()
    {
        var text = new StringBuilder(Policies.Head).Append("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 10; i++)
        {
            text.Append($"a{i}: &a{i} [{string.Join(",", Enumerable.Repeat($"*a{i - 1}", 9))}]\n");
        }

        var errors = Policies.Load(text.ToString()).Errors;

        Assert.Contains(errors, e => e.Found == "an anchor (&)");
        Assert.Contains(errors, e => e.Found == "an alias (*)");
    }

    [Theory]
    [InlineData("mode: &m enforce\n", "an anchor (&)")]
    [InlineData("mode: !!str enforce\n", "a tag (!)")]
    [InlineData("mode: ! enforce\n", "a tag (!)")]
    [InlineData("rules: !!python/object/apply:os.system [id]\n", "a tag (!)")]
    [InlineData("mode: enforce\nmode: audit\n", "the key 'mode' a second time")]
    [InlineData("mode: enforce\n\"mode\": audit\n", "the key 'mode' a second time")]
    [InlineData("? [a, b]\n: c\n", "a list as a key")]
    [InlineData("<<: {mode: audit}\n", "the unknown key '<<'")]
    public void Load_YamlThatIsNotNeeded_IsRefused(string body, string found)
    {
        var errors = Policies.Load(Policies.Head + body).Errors;

        Assert.Contains(errors, e => e.Found.Contains(found, StringComparison.Ordinal) && e.Position.Line >= 4);
    }

    [Theory]
    [InlineData("mode: [enforce\n")]
    [InlineData("mode: \"enforce\n")]
    [InlineData("mode: enforce\n  unmatched: deny\n")]
    [InlineData("\tmode: enforce\n")]
    [InlineData("mode: *undefined\n")]
    [InlineData("%YAML 3.0\n")]
    [InlineData("mode: {a: b\n")]
    [InlineData("@: x\n")]
    public void Load_BrokenYaml_IsRefusedWithItsPlace(string body)
    {
        var result = Policies.Load(Policies.Head + body);

        Assert.False(result.IsLoaded);
        Assert.All(result.Errors, e => Assert.True(e.Position.Line > 0, e.ToString()));
    }

    [Theory]
    [InlineData("\0", "U+0000")]
    [InlineData("\u0007", "U+0007")]
    [InlineData("\u001b", "U+001B")]
    [InlineData("\u007f", "U+007F")]
    [InlineData("\u009b", "U+009B")]
    [InlineData("\ufeff", "U+FEFF")]
    [InlineData("\uffff", "U+FFFF")]
    public void Load_ControlCharacter_IsRefusedAndNothingBehindItIsLost(string character, string name)
    {
        var error = Policies.ErrorOf("mode: audit\n" + character + "\nmode: enforce\n");

        Assert.Equal("the control character " + name, error.Found);
        Assert.Equal((5, 1), (error.Position.Line, error.Position.Column));
    }

    [Fact]
    public void Load_InvalidUtf8_IsRefused()
    {
        var result = PolicyLoader.Load([new PolicyFile("a.yaml", Encoding.Latin1.GetBytes(Policies.Head + "# \u00ff\n"))], new Policies.KeyFiles());

        Assert.Contains("bytes that are not UTF-8", Assert.Single(result.Errors).Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("{a: ")]
    [InlineData("!")]
    [InlineData("&")]
    [InlineData("'")]
    [InlineData(": ")]
    [InlineData("a: \n")]
    public void Load_MegabyteOfOneThing_IsRefused(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, PolicyLimits.MaxFileBytes / unit.Length));

        Assert.False(Policies.Load(text).IsLoaded);
    }

    [Fact]
    public void Load_HugeKeyAboveManyNodes_NeedsNoHugePaths()
    {
        var text = Policies.Head + new string('k', 300_000) + ": [" + string.Concat(Enumerable.Repeat("a,", 90_000)) + "]\n";
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.False(Policies.Load(text).IsLoaded);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500_000_000);
    }

    [Fact]
    public void Load_AnyMutationOfAPolicy_LoadsOrIsRefusedAndNeverThrows()
    {
        var text = Policies.Head + Policies.Authorities + "rules:\n  - {name: r, images: [\"ghcr.io/org/**\"], namespaces: {include: [\"a*\"]}, require: {anyOf: [one, {allOf: [two, three]}]}}\n";
        var bits = Gen.Elements("&a", "*a", "!t", "{", "}", "[", "]", ":", "- ", "\n", "  ", "\"", "'", "|", ">", "#", "%", "@", ",", "?", "\t", "é", "\u2028", "---\n", "...\n");
        var edits = Gen.Choose(0, text.Length).SelectMany(at => Gen.Choose(0, 5).SelectMany(cut => bits.Select(bit => (At: at, Cut: cut, Bit: bit)))).ListOf();
        Prop.ForAll(edits.ToArbitrary(), list =>
        {
            var mutated = text;
            foreach (var (at, cut, bit) in list.Take(4))
            {
                var from = Math.Min(at, mutated.Length);
                mutated = mutated[..from] + bit + mutated[Math.Min(mutated.Length, from + cut)..];
            }

            var result = Policies.Load(mutated);
            return result.IsLoaded == result.Errors.IsEmpty;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }
}
