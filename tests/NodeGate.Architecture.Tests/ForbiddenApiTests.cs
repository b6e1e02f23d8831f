namespace NodeGate.Architecture.Tests;

/// <summary>
/// What a room must not use of the framework. The banned-symbols analyzer says the same while one types; this holds when it is switched
/// off, suppressed, or when a symbol is missing from its list.
/// </summary>
public sealed class ForbiddenApiTests
{
    private static readonly string[] Dialling =
    [
        "System.Net.Http.", "System.Net.Quic.", "System.Net.WebSockets.", "System.Net.Mail.", "System.Net.NetworkInformation.Ping",
        "System.Net.Sockets.Socket", "System.Net.Sockets.TcpClient", "System.Net.Sockets.UdpClient", "System.Net.Sockets.NetworkStream",
        "System.Net.Security.SslStream", "System.Net.WebClient", "System.Net.WebRequest", "System.Net.HttpWebRequest", "System.Net.Dns",
    ];

    private static readonly string[] Impure =
    [
        .. Dialling,
        "System.IO.File", "System.IO.Directory", "System.IO.DriveInfo", "System.IO.RandomAccess", "System.IO.Pipes.",
        "System.IO.MemoryMappedFiles.", "System.IO.IsolatedStorage.", "System.Console", "System.Random",
        "System.Security.Cryptography.RandomNumberGenerator", "System.Security.Cryptography.X509Certificates.X509Chain",
        "System.Security.Cryptography.X509Certificates.X509Store", "System.Diagnostics.Process", "System.Diagnostics.Stopwatch",
        "System.Threading.Timer", "System.Threading.PeriodicTimer", "System.Threading.Thread.", "System.Timers.", "System.AppContext",
        "Microsoft.Extensions.", "Microsoft.Win32.",
    ];

    private static readonly string[] ImpureMembers =
    [
        "System.TimeProvider.get_System", "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today",
        "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow", "System.TimeZoneInfo.get_Local", "System.Guid.NewGuid",
        "System.Guid.CreateVersion7", "System.Threading.Tasks.Task.Delay", "System.Threading.Thread.Sleep", "System.IO.Path.GetTempPath",
        "System.IO.Path.GetTempFileName", "System.IO.Path.GetRandomFileName", "System.IO.Path.GetFullPath", "System.IO.Path.Exists",
        "System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile",
        "System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadPkcs12FromFile",
        "System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile",
    ];

    [Theory]
    [MemberData(nameof(Room.CoreNames), MemberType = typeof(Room))]
    public void Dialling_CoreRoomButRegistry_IsNone(string name)
    {
        var room = Room.Of(name);

        Wall.Stands(room.MustNotDial ? Used(room.Compiled.UsedTypes, Dialling) : []);
    }

    [Theory]
    [MemberData(nameof(Room.PureNames), MemberType = typeof(Room))]
    public void FilesClockAndRandom_PureRoom_AreNone(string name)
    {
        var compiled = Room.Of(name).Compiled;

        Wall.Stands(Used(compiled.UsedTypes, Impure));
        Wall.Stands(compiled.UsedMembers.Intersect(ImpureMembers));
        // Compiled iterators ask for the current thread's number; nothing else of Environment is pure.
        Wall.Stands(compiled.UsedMembers.Where(member =>
            member.StartsWith("System.Environment.", StringComparison.Ordinal) && member != "System.Environment.get_CurrentManagedThreadId"));
    }

    [Theory]
    [MemberData(nameof(Room.BuiltNames), MemberType = typeof(Room))]
    public void CertificateChains_AnyRoom_AreNotBuiltByTheSystem(string name) =>
        // It reads stores and fetches certificates from where the certificate says (verification.md 7.2).
        Wall.Stands(Room.Of(name).Compiled.UsedMembers.Where(member =>
            member is "System.Security.Cryptography.X509Certificates.X509Chain.Build" or "System.Security.Cryptography.X509Certificates.X509Chain..ctor"));

    [Theory]
    [MemberData(nameof(Room.CoreNames), MemberType = typeof(Room))]
    public void EdgeProtocols_CoreRoom_AreUnknown(string name)
    {
        var compiled = Room.Of(name).Compiled;

        Wall.Stands(Used(compiled.UsedTypes, ["Grpc.", "Google.Protobuf.", "Microsoft.AspNetCore.", "NodeGate.CriProxy.", "NodeGate.Webhook."]));
        Wall.Stands(compiled.OwnTypes.Where(type =>
            type.Contains("Grpc", StringComparison.OrdinalIgnoreCase) || type.Contains("AdmissionReview", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void EvidenceAndCertificates_CriEdge_AreUnknown()
    {
        var compiled = Assert.Single(Room.Built, room => room.IsCriEdge).Compiled;

        Wall.Stands(Used(compiled.UsedTypes, ["NodeGate.Verification.", "System.Security.Cryptography.X509Certificates."]));
    }

    [Fact]
    public void CompiledRoom_ThisAssembly_ShowsWhatIsUsed()
    {
        // The scanner itself: this project reads files and starts git.
        var compiled = CompiledRoom.Load("NodeGate.Architecture.Tests");

        Assert.Contains("System.IO.File", Used(compiled.UsedTypes, Impure));
        Assert.Contains("System.Diagnostics.Process", Used(compiled.UsedTypes, Impure));
        Assert.Contains("System.IO.Path.Exists", compiled.UsedMembers);
        Assert.Contains("System.Reflection.Metadata", compiled.Assemblies);
        Assert.Contains("NodeGate.Architecture.Tests.CompiledRoom", compiled.OwnTypes);
    }

    /// <summary>Types by full name with those nested in them, by the beginning of their name (FileStream, FileInfo…), or by namespace with a dot.</summary>
    private static IEnumerable<string> Used(IEnumerable<string> types, string[] forbidden) => types.Where(type => forbidden.Any(name =>
        name.EndsWith('.') ? type.StartsWith(name, StringComparison.Ordinal) || type + "." == name
            : type == name || type.StartsWith(name + ".", StringComparison.Ordinal) || type.StartsWith(name + "Info", StringComparison.Ordinal)
            || (name == "System.IO.File" && type is "System.IO.FileStream" or "System.IO.FileSystemInfo" or "System.IO.FileSystemWatcher")));
}
