using NodeGate.Host.Daemon;
using NodeGate.Policy;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Host.Doctor;

/// <summary>
/// Where a kubelet asks for images and containers: its configuration file, over it the drop-ins (<c>*.conf</c> in the order of their names), over
/// these its command line.
/// </summary>
/// <param name="RuntimeEndpoint">Where containers are made.</param>
/// <param name="ImageEndpoint">Where images are pulled; the kubelet's default is the runtime's endpoint.</param>
/// <param name="Sources">What was read.</param>
internal sealed record KubeletSettings(string RuntimeEndpoint, string ImageEndpoint, IReadOnlyList<string> Sources)
{
    private const string DefaultRuntimeEndpoint = "unix:///run/containerd/containerd.sock";

    /// <summary>Reads them; null where there is neither a file nor a running kubelet. <paramref name="problem"/> says what could not be read.</summary>
    internal static KubeletSettings? Read(string configFile, IReadOnlyList<string>? commandLine, out string? problem)
    {
        problem = null;
        string? runtime = null;
        string? image = null;
        var sources = new List<string>();
        var file = Flag(commandLine, "config") ?? configFile;
        foreach (var path in (string[])[file, .. DropIns(Flag(commandLine, "config-dir"))])
        {
            if (!File.Exists(path))
            {
                continue;
            }

            if (!PolicyFolder.TryRead(path, PolicyLimits.MaxFileBytes, out var content, out var error))
            {
                problem = $"{path}: {error}";
                return null;
            }

            var errors = new ErrorList();
            if (YamlReader.Read(new PolicyFile(path, content), errors) is not [YamlMapping root])
            {
                problem = $"{path}: {(errors.Count == 0 ? "no mapping" : errors.ToSorted()[0])}";
                return null;
            }

            sources.Add(path);
            runtime = Text(root, "containerRuntimeEndpoint") ?? runtime;
            image = Text(root, "imageServiceEndpoint") ?? image;
        }

        if (commandLine is not null)
        {
            sources.Add("the running kubelet's command line");
            runtime = Flag(commandLine, "container-runtime-endpoint") ?? runtime;
            image = Flag(commandLine, "image-service-endpoint") ?? image;
        }

        return sources.Count == 0 ? null : new KubeletSettings(runtime ?? DefaultRuntimeEndpoint, image ?? runtime ?? DefaultRuntimeEndpoint, sources);
    }

    /// <summary>The command line of the kubelet that runs on this node, or null.</summary>
    internal static IReadOnlyList<string>? FindCommandLine(string proc)
    {
        foreach (var folder in Directory.EnumerateDirectories(proc).Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit)))
        {
            if (PolicyFolder.TryRead(Path.Combine(folder, "cmdline"), PolicyLimits.MaxFileBytes, out var content, out _)
                && System.Text.Encoding.UTF8.GetString(content).Split('\0') is [var program, ..] arguments && Path.GetFileName(program) == "kubelet")
            {
                return arguments;
            }
        }

        return null;
    }

    private static IEnumerable<string> DropIns(string? folder) => folder is not null && Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.conf").Order(StringComparer.Ordinal)
        : [];

    private static string? Text(YamlMapping root, string key) =>
        root.Entries.FirstOrDefault(entry => entry.Key == key)?.Value is YamlScalar { IsNull: false, Text.Length: > 0 } scalar ? scalar.Text : null;

    // --flag=value and --flag value, with one dash or two, as the kubelet takes them; the last one holds.
    private static string? Flag(IReadOnlyList<string>? arguments, string name)
    {
        string? found = null;
        for (var i = 0; arguments is not null && i < arguments.Count; i++)
        {
            var argument = arguments[i].TrimStart('-');
            if (argument.StartsWith(name + "=", StringComparison.Ordinal))
            {
                found = argument[(name.Length + 1)..];
            }
            else if (argument == name && i + 1 < arguments.Count)
            {
                found = arguments[i + 1];
            }
        }

        return string.IsNullOrEmpty(found) ? null : found;
    }
}
