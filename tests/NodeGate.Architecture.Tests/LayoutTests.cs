using System.Xml.Linq;

namespace NodeGate.Architecture.Tests;

public sealed class LayoutTests
{
    private static readonly string[] AllowedFolders = ["src", "proto", "tests", "packaging", "systemd", "daemonset"];

    private static readonly string[] AllowedFiles =
    [
        "NodeGate.sln", "Makefile", "README.md", "LICENSE", "SECURITY.md", "global.json", "BannedSymbols.txt",
        "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props",
    ];

    [Fact]
    public void TopLevel_Entries_AreTheAllowedOnes()
    {
        var entries = Repository.Files.Select(path => path.Split('/', 2)).Where(parts => !parts[0].StartsWith('.'));
        var others = entries.Where(parts => !(parts.Length == 2 ? AllowedFolders : AllowedFiles).Contains(parts[0], StringComparer.Ordinal));

        Wall.Stands(others.Select(parts => parts[0]).Distinct());
    }

    [Fact]
    public void SourceFolders_Each_IsAKnownRoom()
    {
        var folders = Repository.Files.Where(path => path.StartsWith("src/", StringComparison.Ordinal))
            .Select(path => path.Split('/')).Where(parts => parts.Length > 2).Select(parts => parts[1]).Distinct();

        Wall.Stands(folders.Except(Room.KnownNames));
    }

    [Fact]
    public void Projects_Each_IsNamedForWhatItIsFor()
    {
        string[] empty = ["Common", "Util", "Shared", "Abstraction", "Helper", "Misc", "Core"];
        var names = Projects().Select(path => Path.GetFileNameWithoutExtension(path));

        Wall.Stands(names.Where(name => empty.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase))));
    }

    [Fact]
    public void Projects_Each_IsInTheSolution()
    {
        // A project outside it is neither built nor tested by `make test`.
        var solution = Repository.Read("NodeGate.sln").Replace('\\', '/');

        Wall.Stands(Projects().Where(path => !solution.Contains("\"" + path + "\"", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Room.BuiltNames), MemberType = typeof(Room))]
    public void Room_Readme_IsOnePage(string name)
    {
        var readme = Path.Combine(Room.Of(name).Folder, "README.md");

        Assert.True(File.Exists(readme), $"src/{name} has no README.md: what it is for, its types, its limits.");
        // A table of checks below it is proof, not reading matter.
        Assert.InRange(File.ReadAllLines(readme).Count(line => !line.StartsWith("| `", StringComparison.Ordinal)), 10, 150);
    }

    [Theory]
    [MemberData(nameof(Room.BuiltNames), MemberType = typeof(Room))]
    public void Room_Tests_Exist(string name)
    {
        var folder = $"tests/{name}.Tests";

        Assert.True(Repository.Sources(folder).Any(path => path.EndsWith("Tests.cs", StringComparison.Ordinal)), $"{folder} has no tests.");
    }

    [Theory]
    [MemberData(nameof(Room.BuiltNames), MemberType = typeof(Room))]
    public void Room_Assembly_IsAotCompatible(string name)
    {
        var room = Room.Of(name);

        Assert.DoesNotContain(
            XDocument.Load(room.ProjectFile).Descendants("IsAotCompatible"), element => element.Value != "true");
        Assert.Contains(
            room.Compiled.Attributes,
            attribute => attribute.Type == "System.Reflection.AssemblyMetadataAttribute" && attribute.Arguments is ["IsTrimmable", "True"]);
    }

    [Theory]
    [MemberData(nameof(Room.BuiltNames), MemberType = typeof(Room))]
    public void Room_Project_WeakensNoSetting(string name)
    {
        // The settings of Directory.Build.props are the rule; a project that turns one off does so alone and unseen.
        string[] settings = ["TreatWarningsAsErrors", "Nullable", "NoWarn", "WarningsNotAsErrors", "AnalysisLevel", "EnforceCodeStyleInBuild"];
        var project = XDocument.Load(Room.Of(name).ProjectFile);

        Wall.Stands(project.Descendants().Select(element => element.Name.LocalName).Intersect(settings));
    }

    private static IEnumerable<string> Projects() => Repository.Files.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal));
}
