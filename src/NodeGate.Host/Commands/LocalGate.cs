using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Gate;
using NodeGate.Gate.Recording;
using NodeGate.Gate.State;
using NodeGate.Host.Configuration;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Registry;

namespace NodeGate.Host.Commands;

/// <summary>The daemon's gate for one command: the same parts, without an audit log, since a question from the shell is not an event of the node.</summary>
internal sealed class LocalGate : IAsyncDisposable
{
    private readonly RegistryImageSourceFactory _sources;
    private readonly Ledger _ledger;

    private LocalGate(RegistryImageSourceFactory sources, Ledger ledger, IImageGate gate)
    {
        _sources = sources;
        _ledger = ledger;
        Gate = gate;
    }

    internal IImageGate Gate { get; }

    internal IImageSourceFactory Sources => _sources;

    /// <param name="config">The configuration.</param>
    /// <param name="model">The policy.</param>
    /// <param name="ledgerFolder">The ledger; null: none, so that everything is verified and nothing is kept.</param>
    /// <param name="plainHttp">One more registry that is spoken to over http, or null.</param>
    /// <param name="recording">Is told what registries answer; null: nobody is.</param>
    /// <exception cref="NodeGate.Oci.NodeGateException">The ledger cannot be opened, or a daemon uses it.</exception>
    internal static LocalGate Open(NodeGateConfig config, PolicyModel model, string? ledgerFolder, string? plainHttp = null, ContentRecordingBuilder? recording = null)
    {
        var time = TimeProvider.System;
        var ledger = Ledger.Open(
            new LedgerOptions { Folder = ledgerFolder, AdmittedFor = config.Cache.AdmittedFor, GraceFor = config.Cache.GraceFor },
            time, NullLogger<Ledger>.Instance);
        var sources = new RegistryImageSourceFactory(
            new RegistryOptions
            {
                CertsDir = config.Registry.CertsDir,
                Timeout = config.Registry.Timeout,
                PlainHttp = plainHttp is null ? config.Registry.PlainHttp : [.. config.Registry.PlainHttp, plainHttp],
                DockerConfigPath = DockerConfigPath(),
            },
            time,
            NullLogger<RegistryImageSourceFactory>.Instance);
        IImageSourceFactory asked = recording is null ? sources : new RecordingSourceFactory(sources, recording);
        var gate = new ImageGate(new PolicyHolder(model), asked, ledger, new NoSink(), new GateOptions(), time, NullLogger<ImageGate>.Instance);
        return new LocalGate(sources, ledger, gate);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sources.DisposeAsync();
        _ledger.Dispose();
    }

    private static string? DockerConfigPath()
    {
        var folder = Environment.GetEnvironmentVariable("DOCKER_CONFIG")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");
        var file = Path.Combine(folder, "config.json");
        return File.Exists(file) ? file : null;
    }
}
