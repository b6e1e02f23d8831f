namespace NodeGate.Architecture.Tests;

/// <summary>What one project below <c>src/</c> may know: design.md section 3. There are no other rooms.</summary>
/// <param name="Name">The project's name.</param>
/// <param name="References">The rooms that it references, exactly.</param>
/// <param name="Packages">The packages that it may reference.</param>
public sealed record Room(string Name, string[] References, string[] Packages)
{
    private const string Oci = "NodeGate.Oci";
    private const string Verification = "NodeGate.Verification";
    private const string Policy = "NodeGate.Policy";
    private const string Registry = "NodeGate.Registry";
    private const string Gate = "NodeGate.Gate";
    private const string Audit = "NodeGate.Audit";
    private const string CriProxy = "NodeGate.CriProxy";
    private const string Webhook = "NodeGate.Webhook";
    private const string Host = "NodeGate.Host";

    private static readonly Room[] Known =
    [
        new(Oci, [], []),
        new(Verification, [Oci], ["System.Security.Cryptography.Pkcs"]),
        new(Policy, [Oci, Verification], ["YamlDotNet"]),
        new(Registry, [Oci], ["Polly.Core"]),
        new(Gate, [Oci, Verification, Policy], []),
        new(Audit, [Policy], []),
        new(CriProxy, [Gate, Policy, Oci], ["Google.Protobuf", "Grpc.Tools"]),
        new(Webhook, [Gate, Policy, Oci], []),
        new(
            Host,
            [Oci, Verification, Policy, Registry, Gate, Audit, CriProxy, Webhook],
            ["System.CommandLine", "Spectre.Console", "YamlDotNet", "OpenTelemetry", "OpenTelemetry.Exporter.OpenTelemetryProtocol"]),
    ];

    /// <summary>Gets the names of the rooms that design.md knows.</summary>
    internal static IEnumerable<string> KnownNames => Known.Select(room => room.Name);

    /// <summary>Gets the rooms that are built already.</summary>
    internal static Room[] Built { get; } = [.. Known.Where(room => Directory.Exists(room.Folder))];

    internal string Folder => Path.Combine(Repository.Root, "src", Name);

    internal string ProjectFile => Path.Combine(Folder, Name + ".csproj");

    internal bool IsPure => Name is Oci or Verification or Policy;

    /// <summary>Gets a value indicating whether the room is on the inner side of both edges and has no business with their protocols.</summary>
    internal bool IsCore => Name is Oci or Verification or Policy or Registry or Gate or Audit;

    /// <summary>Gets a value indicating whether the room has to ask for content through Oci's ports instead of dialling.</summary>
    internal bool MustNotDial => IsCore && Name != Registry;

    internal bool IsCriEdge => Name == CriProxy;

    internal CompiledRoom Compiled => CompiledRoom.Load(Name == Host ? "nodegate" : Name);

    public static TheoryData<string> BuiltNames() => [.. Built.Select(room => room.Name)];

    public static TheoryData<string> PureNames() => [.. Built.Where(room => room.IsPure).Select(room => room.Name)];

    public static TheoryData<string> CoreNames() => [.. Built.Where(room => room.IsCore).Select(room => room.Name)];

    internal static Room Of(string name) => Known.Single(room => room.Name == name);

    public override string ToString() => Name;
}
