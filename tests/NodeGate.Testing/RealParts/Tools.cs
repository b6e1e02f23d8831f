namespace NodeGate.Testing.RealParts;

/// <summary>Finds what `make tools` unpacked: <c>.tools/bin/NAME</c> above the test's folder, or below $NODEGATE_TOOLS.</summary>
/// <remarks>
/// Besides the names of `.tools/bin` these are understood: <c>containerd</c> (any version), <c>grpc-js</c> (node with the
/// independent client installed), <c>sigstore-js</c> and <c>ajv</c> (likewise), <c>public-good</c> (the trust root that a build embeds), <c>nodegate</c> (the
/// built executable) and <c>root</c> (containerd and runc mount).
/// </remarks>
public static class Tools
{
    private static readonly string? RootFolder = FindRoot();

    /// <summary>The versions of containerd that this machine has, for [MemberData].</summary>
    public static IReadOnlyList<string> ContainerdVersions { get; } =
        [.. new[] { "1.6", "1.7", "2.1" }.Where(version => Has("containerd-" + version))];

    /// <summary>The top folder of the repository: the one that has NodeGate.sln.</summary>
    public static string Repository { get; } = FindUpward("NodeGate.sln")
        ?? throw new InvalidOperationException("NodeGate.sln was not found above " + AppContext.BaseDirectory);

    public static bool Has(string name) => name switch
    {
        "containerd" => ContainerdVersions.Count > 0,
        "root" => Environment.IsPrivilegedProcess,
        "grpc-js" => HasNodePackage("@grpc/grpc-js"),
        "sigstore-js" => HasNodePackage("@sigstore/verify"),
        "ajv" => HasNodePackage("ajv"),
        "public-good" => RootFolder is not null && File.Exists(System.IO.Path.Combine(RootFolder, "trust", name, "trusted_root.json")),
        "nodegate" => NodeGateCommand.Executable is not null,
        _ => RootFolder is not null && File.Exists(System.IO.Path.Combine(RootFolder, "bin", name)),
    };

    public static string Path(string name) => Has(name)
        ? System.IO.Path.Combine(RootFolder!, "bin", name)
        : throw new InvalidOperationException($"missing: {name}; run `make tools`");

    /// <summary>Why a test that needs these parts cannot run here, or null when it can.</summary>
    public static string? MissingReason(params IReadOnlyList<string> names)
    {
        var missing = names.Where(name => !Has(name)).ToArray();
        return missing.Length == 0 ? null : $"missing: {string.Join(", ", missing)}; run `make tools`";
    }

    internal static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin").Split(':')
            .Select(folder => System.IO.Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private static bool HasNodePackage(string name) =>
        File.Exists(System.IO.Path.Combine(GrpcJsClient.Folder, "node_modules", name, "package.json")) && OnPath("node") is not null;

    private static string? FindRoot()
    {
        var configured = Environment.GetEnvironmentVariable("NODEGATE_TOOLS");
        if (!string.IsNullOrEmpty(configured))
        {
            return configured;
        }

        var top = FindUpward(".tools");
        return top is null ? null : System.IO.Path.Combine(top, ".tools");
    }

    private static string? FindUpward(string entry)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.Path.Exists(System.IO.Path.Combine(folder.FullName, entry)))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
