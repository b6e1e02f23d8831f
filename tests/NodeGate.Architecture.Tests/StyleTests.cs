using System.Text.RegularExpressions;

namespace NodeGate.Architecture.Tests;

public sealed class StyleTests
{
    private const int MaxSourceLines = 400;
    private const int MaxTestLines = 800;

    // Put together here, so that this file does not name what it forbids.
    private static readonly string[] ForbiddenTexts =
    [
        "TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception", "Assert.True(" + "true)", "Skip" + " = \"", "Skip" + "=\"",
    ];

    private static readonly string[] PackageHosts =
    [
        "debian" + ".org", "ubuntu" + ".com", "nuget" + ".org", "npmjs" + ".org", "npmjs" + ".com", "pypi" + ".org", "pythonhosted" + ".org",
        "proxy.golang" + ".org", "crates" + ".io", "rubygems" + ".org", "yarnpkg" + ".com", "maven" + ".org", "alpinelinux" + ".org",
    ];

    private static readonly Regex MachinePath = new(@"(?<![\w.:/-])/(?:wo" + @"rk|home/\w+|Users/\w+)/");

    [Fact]
    public void Sources_Each_IsShort()
    {
        static IEnumerable<string> Longer(string folder, int most) => Repository.Sources(folder)
            .Select(path => (Path: path, Lines: File.ReadLines(Repository.Full(path)).Count()))
            .Where(file => file.Lines >= most).Select(file => $"{file.Path}: {file.Lines} lines, below {most} expected");

        Wall.Stands(Longer("src", MaxSourceLines).Concat(Longer("tests", MaxTestLines)));
    }

    [Fact]
    public void Sources_EachOfOurs_HasOneTopLevelType() =>
        Wall.Stands(Repository.Sources("src").Where(path => SourceScan.CountTopLevelTypes(SourceScan.CodeOf(Repository.Read(path))) > 1));

    [Fact]
    public void Sources_Each_IsFinished()
    {
        var found = Repository.Sources("src", "tests")
            .SelectMany(path => ForbiddenTexts.Where(text => Repository.Read(path).Contains(text, StringComparison.Ordinal)).Select(text => $"{path}: {text}"));

        Wall.Stands(found);
    }

    [Fact]
    public void Sources_Each_SwallowsNoException() =>
        Wall.Stands(Repository.Sources("src", "tests").Where(path => SourceScan.HasEmptyCatch(SourceScan.CodeOf(Repository.Read(path)))));

    [Theory]
    [MemberData(nameof(Room.CoreNames), MemberType = typeof(Room))]
    public void Sources_CoreRoom_CatchNotEverything(string name) =>
        Wall.Stands(Repository.Sources("src/" + name).Where(path => SourceScan.CatchesEverything(SourceScan.CodeOf(Repository.Read(path)))));

    [Fact]
    public void TrackedFiles_Each_NamesNoPackageHost()
    {
        var found = Texts().SelectMany(file => PackageHosts
            .Where(host => file.Text.Contains(host, StringComparison.OrdinalIgnoreCase)).Select(host => $"{file.Path}: {host}"));

        Wall.Stands(found);
    }

    [Fact]
    public void TrackedFiles_Each_NamesNoPathOfAMachine()
    {
        var found = Texts().SelectMany(file => MachinePath.Matches(file.Text).Select(match => $"{file.Path}: {match.Value}"));

        Wall.Stands(found);
    }

    [Theory]
    [InlineData("namespace A;\n\npublic sealed class B\n{\n    private enum C { }\n}\n", 1)]
    [InlineData("namespace A;\n\ninternal sealed record B(int C);\n\npublic static class D;\n", 2)]
    [InlineData("namespace A;\n\npublic readonly record struct B;\npublic interface C;\nenum D;\npublic delegate void E();\n", 4)]
    [InlineData("// class A\nrecords.Add(1);\nreturn 0;\n", 0)]
    public void CountTopLevelTypes_Source_IsCounted(string source, int count) => Assert.Equal(count, SourceScan.CountTopLevelTypes(source));

    [Theory]
    [InlineData("try { } catch { }", true)]
    [InlineData("try { } catch (IOException) { }", true)]
    [InlineData("catch (IOException e) when (e.Data.Count > 0)\n{\n    // nothing\n}", true)]
    [InlineData("catch (IOException)\n{\n    /* nothing */\n}", true)]
    [InlineData("catch (IOException)\n{\n    return null;\n}", false)]
    [InlineData("catch (IOException e)\n{\n    // why\n    Log(e);\n}", false)]
    public void HasEmptyCatch_Source_IsFound(string source, bool expected) => Assert.Equal(expected, SourceScan.HasEmptyCatch(source));

    [Theory]
    [InlineData("catch { return; }", true)]
    [InlineData("catch (Exception) { return; }", true)]
    [InlineData("catch (System.Exception e)\n{", true)]
    [InlineData("catch (Exception e) when (e is IOException)\n{", false)]
    [InlineData("catch (IOException e)\n{", false)]
    public void CatchesEverything_Source_IsFound(string source, bool expected) => Assert.Equal(expected, SourceScan.CatchesEverything(source));

    [Theory]
    [InlineData("a(\"catch { }\", 'x', '\"', \"\\\"class\") // \"it's\"\nb", "a(\"\", \"\", \"\", \"\") // \"it's\"\nb")]
    [InlineData("@\"a\"\"\nclass C\" + \"\"\"\nclass \"D\"\n\"\"\" + $\"{e}\"", "\"\" + \"\" + $\"\"")]
    public void CodeOf_Source_HasNoTexts(string source, string expected) => Assert.Equal(expected, SourceScan.CodeOf(source));

    private static IEnumerable<(string Path, string Text)> Texts() =>
        Repository.Files.Select(path => (Path: path, Text: Repository.Read(path))).Where(file => !file.Text.Contains('\0', StringComparison.Ordinal));
}
