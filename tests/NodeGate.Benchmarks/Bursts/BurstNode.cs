using System.Collections.Concurrent;
using System.Diagnostics;
using NodeGate.Testing.RealParts;

namespace NodeGate.Benchmarks.Bursts;

/// <summary>A socket that is called as a kubelet calls it: the image and the runtime endpoint are the same.</summary>
internal sealed class BurstNode(string party, string socket) : IDisposable
{
    /// <summary>A kubelet starts pods side by side; how many depends on the node.</summary>
    internal const int PodsAtATime = 10;

    private readonly CriClient[] _clients = [.. Enumerable.Range(0, 4).Select(_ => new CriClient(socket))];

    internal string Party => party;

    public void Dispose()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }
    }

    /// <summary>All pulls are sent before the first one is answered.</summary>
    internal async Task<BurstRound> PullAsync(IReadOnlyList<string> images)
    {
        var pod = new CriPod("burst", "prod");
        var began = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(images.Select(async (image, index) =>
        {
            await _clients[index % _clients.Length].PullImageAsync(image, pod);
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }));
        return new BurstRound([.. times], Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    /// <summary>
    /// Starts <paramref name="count"/> pods with the calls of a kubelet (kubelet-observed.md section 1, IfNotPresent), image after image; then removes them.
    /// </summary>
    internal async Task<BurstRound> StartPodsAsync(string prefix, int count, IReadOnlyList<string> images)
    {
        var sandboxes = new ConcurrentBag<string>();
        var times = new ConcurrentBag<double>();
        var began = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = PodsAtATime }, async (index, _) =>
        {
            var started = Stopwatch.GetTimestamp();
            sandboxes.Add(await StartPodAsync(_clients[index % _clients.Length], new CriPod($"{prefix}-{index}", "prod"), images[index % images.Count]));
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        });
        var total = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        await Parallel.ForEachAsync(sandboxes, new ParallelOptions { MaxDegreeOfParallelism = PodsAtATime }, async (sandbox, _) => await _clients[0].RemovePodAsync(sandbox));
        return new BurstRound([.. times], total);
    }

    private static async Task<string> StartPodAsync(CriClient cri, CriPod pod, string image)
    {
        var sandbox = await cri.RunPodSandboxAsync(pod);
        var imageRef = (await cri.ImageStatusAsync(image))?.Id;
        if (imageRef is null)
        {
            imageRef = await cri.PullImageAsync(image, pod);
            await cri.ImageStatusAsync(image);
        }

        await cri.ImageStatusAsync(image);
        var container = await cri.CreateContainerAsync(sandbox, pod, "app", imageRef, image);
        await cri.StartContainerAsync(container);
        return sandbox;
    }
}
