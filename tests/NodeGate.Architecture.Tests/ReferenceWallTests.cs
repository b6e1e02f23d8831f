using System.Xml.Linq;

namespace NodeGate.Architecture.Tests;

/// <summary>Who may know whom: design.md section 3, "References that are allowed, and no others".</summary>
public sealed class ReferenceWallTests
{
    [Theory]
    [MemberData(nameof(Room.BuiltNames), MemberType = typeof(Room))]
    public void ProjectReferences_Room_AreExactlyTheAllowedOnes(string name)
    {
        var room = Room.Of(name);
        var built = Room.Built.Select(other => other.Name).ToHashSet(StringComparer.Ordinal);
        var references = Items(room, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

        Assert.Equal(room.References.Where(built.Contains).Order(StringComparer.Ordinal), references.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Room.BuiltNames), MemberType = typeof(Room))]
    public void AssemblyReferences_Room_HaveNoRoomThatItMayNotKnow(string name)
    {
        // A project reference lets everything through that stands behind it: only the compiled assembly tells what was used. The innermost
        // room's words (digest, reason) are in the signatures of all others, so that it is allowed to everybody.
        var room = Room.Of(name);
        var used = room.Compiled.Assemblies.Where(IsOurs);

        Wall.Stands(used.Except([.. room.References, "NodeGate.Oci"]));
    }

    [Theory]
    [MemberData(nameof(Room.BuiltNames), MemberType = typeof(Room))]
    public void InternalsVisibleTo_Room_IsForTestsOnly(string name)
    {
        // "internal" is a wall as well: only Policy can make a permit to pull.
        var friends = Room.Of(name).Compiled.Attributes
            .Where(attribute => attribute.Type == "System.Runtime.CompilerServices.InternalsVisibleToAttribute")
            .Select(attribute => attribute.Arguments[0]!);

        Assert.All(friends, friend => Assert.True(
            friend.EndsWith(".Tests", StringComparison.Ordinal) || friend is "NodeGate.Testing" or "NodeGate.Benchmarks" or "NodeGate.Fuzz",
            $"{name} opens its internals to {friend}."));
    }

    [Theory]
    [MemberData(nameof(Room.BuiltNames), MemberType = typeof(Room))]
    public void PackageReferences_Room_AreAmongTheAllowedOnes(string name)
    {
        var room = Room.Of(name);

        Wall.Stands(Items(room, "PackageReference").Except(room.Packages));
    }

    [Theory]
    [MemberData(nameof(Room.BuiltNames), MemberType = typeof(Room))]
    public void AssemblyReferences_Room_HaveNoPackageThatItMayNotUse(string name)
    {
        // Packages leak through project references as rooms do.
        var room = Room.Of(name);
        var foreign = room.Compiled.Assemblies.Where(assembly => !IsOurs(assembly) && !IsFramework(assembly));

        Wall.Stands(foreign.Except(room.Packages));
    }

    [Theory]
    [MemberData(nameof(Room.PureNames), MemberType = typeof(Room))]
    public void FrameworkReferences_PureRoom_AreNone(string name) => Wall.Stands(Items(Room.Of(name), "FrameworkReference"));

    [Fact]
    public void PackageVersions_Each_HasItsReasonRightAbove()
    {
        var document = XDocument.Load(Repository.Full("Directory.Packages.props"));
        var bare = document.Descendants("PackageVersion")
            .Where(version => version.NodesBeforeSelf().LastOrDefault(node => node is not XText) is not XComment)
            .Select(version => version.Attribute("Include")?.Value);

        Wall.Stands(bare);
    }

    [Fact]
    public void PackageReferences_AnyProject_CarryNoVersionOfTheirOwn()
    {
        var versioned = Repository.Files.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal))
            .SelectMany(path => XDocument.Load(Repository.Full(path)).Descendants("PackageReference")
                .Where(reference => reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null)
                .Select(reference => $"{path}: {reference.Attribute("Include")?.Value}"));

        Wall.Stands(versioned);
    }

    private static IEnumerable<string> Items(Room room, string element) =>
        XDocument.Load(room.ProjectFile).Descendants(element).Select(item => item.Attribute("Include")!.Value);

    private static bool IsOurs(string assembly) => assembly == "nodegate" || assembly.StartsWith("NodeGate.", StringComparison.Ordinal);

    private static bool IsFramework(string assembly) => assembly is "netstandard" or "mscorlib" || FrameworkAssemblies.Contains(assembly);

    /// <summary>The assemblies of the shared frameworks, from where this process found them.</summary>
    private static readonly HashSet<string> FrameworkAssemblies = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(path => !path.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal))
        .Select(path => Path.GetFileNameWithoutExtension(path)!)];
}
