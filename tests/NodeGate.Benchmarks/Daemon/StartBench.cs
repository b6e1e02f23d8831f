using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.Sockets;
using NodeGate.Testing.RealParts;

namespace NodeGate.Benchmarks.Daemon;

/// <summary>From the start of the process until ImageFsInfo, the kubelet's first call, is answered by containerd through the socket.</summary>
internal static class StartBench
{
    private const int Starts = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Milliseconds of each start but the first, which brings the file into the page cache.</summary>
    internal static async Task<ImmutableArray<double>> RunAsync(NodeGateSetup setup)
    {
        var times = ImmutableArray.CreateBuilder<double>();
        for (var start = 0; start < Starts; start++)
        {
            var began = Stopwatch.GetTimestamp();
            await using var nodeGate = NodeGateProcess.Launch(setup);
            await AnsweredAsync(nodeGate);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await nodeGate.StopAsync();
        }

        return [.. times.Skip(1)];
    }

    private static async Task AnsweredAsync(NodeGateProcess nodeGate)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        Exception? last = null;
        while (true)
        {
            if (nodeGate.HasExited)
            {
                throw new InvalidOperationException("nodegate ended while starting\n" + nodeGate.Log(), last);
            }

            if (await Probe.UnixSocketAsync(nodeGate.SocketPath, deadline.Token))
            {
                using var cri = nodeGate.Cri();
                try
                {
                    const string path = "/runtime.v1.ImageService/ImageFsInfo";
                    (await cri.CallAsync(path, default, [], deadline.Token)).EnsureOk(path);
                    return;
                }
                catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
                {
                    // Accepted and dropped: not ready, and the time goes on.
                    last = e;
                }
            }

            await pause.WaitForNextTickAsync(deadline.Token);
        }
    }
}
