using NodeGate.Gate;
using NodeGate.Gate.Recording;
using NodeGate.Host.Configuration;
using NodeGate.Host.Daemon;
using NodeGate.Host.Trust;
using NodeGate.Policy;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Testing;

namespace NodeGate.Host.Commands;

/// <summary>Reads everything that a run of <c>policy test</c> needs, before the first case is judged: what is wrong in any file is told in one go.</summary>
internal sealed class PolicyTestPlan
{
    private readonly NodeGateConfig _config;
    private readonly string? _policy;
    private readonly ErrorList _wrong = new();
    private readonly List<string> _policyErrors = [];
    private readonly Dictionary<string, PolicyModel?> _policies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContentRecording?> _recordings = new(StringComparer.Ordinal);
    private readonly List<PlannedTest> _tests = [];

    private PolicyTestPlan(NodeGateConfig config, string? policy)
    {
        _config = config;
        _policy = policy;
    }

    /// <summary>The tests in the order of their files.</summary>
    internal IReadOnlyList<PlannedTest> Tests => _tests;

    /// <summary>Everything that is wrong; there is nothing to run unless it is empty.</summary>
    internal IEnumerable<string> Errors => _wrong.ToSorted().Select(e => e.ToString()).Concat(_policyErrors);

    /// <param name="config">The configuration: its policy is tested where neither the command line nor a document names one.</param>
    /// <param name="policy">The policy that is tested instead of those that the documents name; null for theirs.</param>
    /// <param name="paths">Files, and folders with <c>*.yaml</c> and <c>*.yml</c>.</param>
    internal static PolicyTestPlan Read(NodeGateConfig config, string? policy, IEnumerable<string> paths)
    {
        var plan = new PolicyTestPlan(config, policy);
        foreach (var file in paths.SelectMany(plan.FilesOf))
        {
            plan.ReadFile(file);
        }

        return plan;
    }

    private List<string> FilesOf(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        try
        {
            var files = PolicyFolder.FilesIn(path);
            if (files.Count is 0 or > PolicyLimits.MaxFiles)
            {
                _wrong.Add(
                    new PolicyPosition(path, 0, 0, ""),
                    files.Count == 0 ? "no *.yaml or *.yml file" : $"more than {PolicyLimits.MaxFiles} files",
                    $"1 to {PolicyLimits.MaxFiles} files of policy tests (MaxFiles)");
            }

            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _wrong.Add(new PolicyPosition(path, 0, 0, ""), e.Message.TrimEnd('.'), "a folder that can be listed");
            return [];
        }
    }

    private void ReadFile(string file)
    {
        var whole = new PolicyPosition(file, 0, 0, "");
        if (!PolicyFolder.TryRead(file, PolicyLimits.MaxFileBytes + 1, out var content, out var error))
        {
            _wrong.Add(whole, error, "a file of policy tests that can be read");
            return;
        }

        foreach (var document in PolicyTestReader.Read(new PolicyFile(file, content), _wrong))
        {
            var policy = PolicyFor(file, document);
            foreach (var test in document.Cases)
            {
                var recording = RecordingOf(file, test);
                if (policy is not null)
                {
                    _tests.Add(new PlannedTest(file, test, policy, recording));
                }
            }
        }
    }

    private PolicyModel? PolicyFor(string file, PolicyTestDocument document)
    {
        var path = _policy ?? (document.Policy is { } named ? Beside(file, named) : _config.Policy);
        if (!_policies.TryGetValue(path, out var model))
        {
            var snapshot = new PolicyFolder(path, new TufTrustStore(_config.State, TimeProvider.System)).Load();
            _policyErrors.AddRange(snapshot.Errors);
            model = snapshot.Model;
            _policies[path] = model;
        }

        return model;
    }

    private ContentRecording? RecordingOf(string file, PolicyTestCase test)
    {
        if (test.Recording is null)
        {
            return null;
        }

        var path = Beside(file, test.Recording);
        if (!_recordings.TryGetValue(path, out var recording))
        {
            recording = ReadRecording(path, test.Position with { Path = test.Position.Path + ".recording" });
            _recordings[path] = recording;
        }

        return recording;
    }

    private ContentRecording? ReadRecording(string path, PolicyPosition namedAt)
    {
        const string Expected = "a recording, made by 'nodegate verify --record FILE IMAGE'";
        if (!PolicyFolder.TryRead(path, GateLimits.MaxRecordingBytes + 1, out var content, out var error))
        {
            _wrong.Add(namedAt, $"{error} ({path})", Expected);
            return null;
        }

        try
        {
            return RecordingCodec.Decode(content);
        }
        catch (FormatException e)
        {
            _wrong.Add(namedAt, $"in {path}: {e.Message.TrimEnd('.')}", Expected);
            return null;
        }
    }

    private static string Beside(string file, string named) => Path.Combine(Path.GetDirectoryName(file) ?? "", named);
}
