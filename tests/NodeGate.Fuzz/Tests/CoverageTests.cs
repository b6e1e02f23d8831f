using System.Reflection;
using System.Text.RegularExpressions;
using NodeGate.Fuzz.Engine;

namespace NodeGate.Fuzz.Tests;

/// <summary>That no parser is forgotten: what looks like one, by the name of a method and its first argument, is named by a target or excused here.</summary>
public sealed partial class CoverageTests
{
    private static readonly string[] Rooms = ["NodeGate.Oci", "NodeGate.Verification", "NodeGate.Policy", "NodeGate.Registry", "NodeGate.CriProxy", "NodeGate.Gate", "NodeGate.Audit", "NodeGate.Webhook", "nodegate"];

    private static readonly Type[] Content =
    [
        typeof(string), typeof(byte[]), typeof(ReadOnlySpan<char>), typeof(ReadOnlySpan<byte>), typeof(ReadOnlyMemory<byte>), typeof(ReadOnlyMemory<char>),
        typeof(IEnumerable<string>), typeof(NodeGate.Verification.Strict.StrictNode), typeof(System.Text.Json.JsonElement), typeof(NodeGate.Policy.PolicyFile),
    ];

    /// <summary>Types whose methods only look like it, each with what they are.</summary>
    private static readonly Dictionary<string, string> Excused = new(StringComparer.Ordinal)
    {
        ["Problems"] = "shows what readers found",
        ["NodeFile"] = "reads a file by its path",
        ["PolicyFolder"] = "reads files by their paths",
        ["NamedFiles"] = "reads files by their paths",
        ["KubeletSettings"] = "reads files by their paths; what is in them is YamlReader's",
        ["PemFile"] = "reads a file by its path; what is in it is CertificatePair's",
        ["BearerToken"] = "reads a file by its path, and takes it as a header's value or not at all",
        ["FileIdentity"] = "asks for a file's owner by its path",
    };

    [Fact]
    public void Parsers_OfAllRooms_AreFuzzed()
    {
        var named = FuzzTargets.All.SelectMany(target => target.Parsers).ToHashSet();
        var forgotten = Rooms.SelectMany(room => Assembly.Load(room).GetTypes())
            .Where(type => !type.IsInterface && !named.Contains(type) && !Excused.ContainsKey(type.Name) && !IsGenerated(type) && Methods(type).Any(IsParser))
            .Select(type => $"{type.FullName}: {string.Join(", ", Methods(type).Where(IsParser).Select(method => method.Name).Distinct())}").ToArray();

        Assert.True(forgotten.Length == 0, "No fuzz target names these parsers: " + string.Join("\n", forgotten));
    }

    [Fact]
    public void Excuses_Each_IsStillNeeded()
    {
        var types = Rooms.SelectMany(room => Assembly.Load(room).GetTypes()).Where(type => Methods(type).Any(IsParser)).Select(type => type.Name);

        Assert.Empty(Excused.Keys.Except(types));
    }

    private static bool IsGenerated(Type type) => type.Namespace is null || type.FullName!.Contains('<', StringComparison.Ordinal) || type.Namespace.StartsWith("NodeGate.CriProxy.Cri.Runtime", StringComparison.Ordinal);

    private static IEnumerable<MethodInfo> Methods(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => !method.IsPrivate && !method.Name.Contains('<', StringComparison.Ordinal));

    private static bool IsParser(MethodInfo method) =>
        Names().IsMatch(method.Name) && method.GetParameters() is [var first, ..] && Content.Contains(first.ParameterType);

    [GeneratedRegex("^(?:Try)?(?:Parse|Read|Decode|Load)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Names();
}
