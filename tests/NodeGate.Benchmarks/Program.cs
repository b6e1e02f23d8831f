using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Benchmarks;
using NodeGate.CriProxy.Wire.Listening;

// relay LISTEN UPSTREAM: the bare relay between two unix sockets, for h2load (real-parts.md, "Load and wire").
if (args is not ["relay", var listen, var upstream])
{
    Console.Error.WriteLine("usage: NodeGate.Benchmarks relay LISTEN-SOCKET UPSTREAM-SOCKET");
    return 64;
}

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
