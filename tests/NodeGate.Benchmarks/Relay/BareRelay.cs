using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.CriProxy.Wire.Listening;

namespace NodeGate.Benchmarks.Relay;

/// <summary>The wire alone between two unix sockets, for whoever works on it: no policy, no gate, no daemon.</summary>
internal static class BareRelay
{
    internal static async Task<int> RunAsync(string listen, string upstream)
    {
        var stopped = new TaskCompletionSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stopped.TrySetResult();
        });
        await using var listener = CriListener.Start(new CriListenerOptions(listen, upstream), new RelayAllRouter(), TimeProvider.System, NullLogger.Instance);
        Console.WriteLine($"relaying {listen} to {upstream}");
        await stopped.Task;
        await listener.DrainAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
        return 0;
    }
}
