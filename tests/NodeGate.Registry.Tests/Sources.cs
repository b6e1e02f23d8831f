using Microsoft.Extensions.Logging;
using NodeGate.Oci;
using NodeGate.Testing.Files;

namespace NodeGate.Registry.Tests;

/// <summary>A factory with a certs.d folder of its own, and the log lines it wrote.</summary>
internal sealed class Sources : IDisposable
{
    private readonly ScratchFolder _folder = new();

    internal Sources(RegistryTimings? timings = null, TimeSpan? timeout = null, TimeProvider? time = null, string? dockerConfig = null, params string[] plainHttp)
    {
        Log = new ListLogger();
        if (dockerConfig is not null)
        {
            File.WriteAllText(_folder.At("config.json"), dockerConfig);
        }

        Factory = new RegistryImageSourceFactory(
            new RegistryOptions
            {
                CertsDir = _folder.At("certs.d"),
                Timeout = timeout ?? TimeSpan.FromSeconds(20),
                DockerConfigPath = dockerConfig is null ? null : _folder.At("config.json"),
                PlainHttp = plainHttp,
            },
            timings ?? Fast,
            time ?? TimeProvider.System,
            Log);
    }

    /// <summary>The waits of a test: short enough not to be noticed, long enough for a busy machine.</summary>
    internal static RegistryTimings Fast { get; } = new()
    {
        Header = TimeSpan.FromSeconds(10),
        BodyIdle = TimeSpan.FromSeconds(10),
        RetryBase = TimeSpan.FromMilliseconds(1),
        RetryMax = TimeSpan.FromMilliseconds(5),
    };

    internal RegistryImageSourceFactory Factory { get; }

    internal ListLogger Log { get; }

    internal string Folder => _folder.Path;

    internal IImageSource Open(string reference, RegistryCredential? credential = null) => Factory.Open(ImageReference.Parse(reference), credential);

    internal void WriteHosts(string name, string toml, params (string Name, string Content)[] files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "certs.d", name)).FullName;
        File.WriteAllText(Path.Combine(folder, "hosts.toml"), toml);
        foreach (var (file, content) in files)
        {
            File.WriteAllText(Path.Combine(folder, file), content);
        }
    }

    public void Dispose()
    {
        Factory.Dispose();
        _folder.Dispose();
    }

    internal sealed class ListLogger : ILogger
    {
        private readonly List<string> _lines = [];

        internal IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
            {
                _lines.Add($"{logLevel}: {formatter(state, exception)}");
            }
        }
    }
}
