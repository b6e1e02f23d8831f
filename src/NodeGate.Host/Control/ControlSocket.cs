using NodeGate.CriProxy;
using NodeGate.Host.Configuration;

namespace NodeGate.Host.Control;

/// <summary>Where the daemon answers its own commands: beside the CRI socket, so that whoever has the configuration finds it.</summary>
internal static class ControlSocket
{
    private const string Suffix = "-control";

    /// <summary>The longest <c>listen</c> that leaves room for the control socket beside it, in bytes.</summary>
    internal static readonly int MaxListenBytes = CriProxyOptions.MaxSocketPathBytes - Suffix.Length;

    /// <summary>The control socket of a daemon with the default configuration.</summary>
    internal static string DefaultPath { get; } = PathFor(new NodeGateConfig().Listen);

    /// <summary><c>/run/nodegate/nodegate.sock</c> gives <c>/run/nodegate/nodegate-control.sock</c>.</summary>
    internal static string PathFor(string listen)
    {
        var extension = Path.GetExtension(listen);
        return listen[..^extension.Length] + Suffix + extension;
    }
}
