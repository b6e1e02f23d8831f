using System.Collections.Concurrent;
using System.Net.Http.Headers;
using NodeGate.Oci;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Crash;

/// <summary>Time of check against time of use: the tag in the registry moves all the time between signed and unsigned images.</summary>
[Collection(CrashCollection.Name)]
public sealed class TagRaceTests(CrashNode node)
{
    private const int Pulls = 200;
    private const int Clients = 8;

    [RealPartFact("root", "containerd-2.1", "nodegate", "crane", "busybox")]
    public async Task PullImage_TagRePushedInALoop_NeverLeavesAnUnverifiedDigestUnderIt()
    {
        await node.StartAsync();
        var repository = node.Registry.NewRepository();
        NodeImage[] images = [.. Enumerable.Range(0, 6).Select(number => node.Registry.Push(repository, "race", signed: number % 2 == 0))];
        var tag = repository + ":race";
        var verified = images.Where(image => image.IsSigned).ToDictionary(image => image.Digest, image => image.Id);
        var wrong = new ConcurrentQueue<string>();
        using var stop = new CancellationTokenSource();
        var pushed = RePushAsync(images, stop.Token);
        var watched = WatchAsync(tag, verified.Keys, wrong, stop.Token);

        var answers = new AnswerBook();
        var replies = (await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => PullAsync(tag, verified.Keys, wrong, answers)))).SelectMany(all => all).ToArray();

        await stop.CancelAsync();
        var (moves, looks) = (await pushed, await watched);
        Assert.Empty(wrong);
        Assert.True(moves > Pulls / 4 && looks > Pulls / 4, $"the tag moved {moves} times and was looked at {looks} times");
        Assert.Equal(Pulls, replies.Length);
        var admitted = replies.Where(reply => reply.Status == 0).ToArray();
        var refused = replies.Where(reply => reply.Status != 0).ToArray();
        Assert.True(admitted.Length > 10 && refused.Length > 10, $"{admitted.Length} were admitted and {refused.Length} refused");
        Assert.All(admitted, reply => Assert.Contains(ProtoFields.Parse(reply.Message).Text(1), verified.Values));
        Assert.All(refused, reply => Assert.StartsWith($"SignatureValidationFailed: {tag}: NoSignature: ", reply.StatusMessage, StringComparison.Ordinal));
        Assert.All((await node.RecordsAsync()).Where(record => record.Key.StartsWith(repository, StringComparison.Ordinal)), record => Assert.Contains(record.Value, verified.Keys));
        Assert.DoesNotContain(node.Registry.Registry.Requests, request => images.Any(image => !image.IsSigned && request.Path.EndsWith(image.Id, StringComparison.Ordinal)));
        await node.AssertRecordedAsync(answers);
    }

    private async Task<List<CriReply>> PullAsync(string tag, IReadOnlyCollection<string> verified, ConcurrentQueue<string> wrong, AnswerBook answers)
    {
        using var cri = node.Gate.Cri();
        var replies = new List<CriReply>();
        while (replies.Count < Pulls / Clients)
        {
            replies.Add(await answers.PullAsync(cri, tag) ?? throw new InvalidOperationException("the daemon died"));
            await LookAsync(tag, verified, wrong);
        }

        return replies;
    }

    private async Task LookAsync(string tag, IReadOnlyCollection<string> verified, ConcurrentQueue<string> wrong)
    {
        if (await node.TargetAsync(tag) is { } target && !verified.Contains(target))
        {
            wrong.Enqueue(target);
        }
    }

    private async Task<int> WatchAsync(string tag, IReadOnlyCollection<string> verified, ConcurrentQueue<string> wrong, CancellationToken stop)
    {
        var looks = 0;
        for (; !stop.IsCancellationRequested; looks++)
        {
            await LookAsync(tag, verified, wrong);
        }

        return looks;
    }

    // Over the wire, as a push does it.
    private static async Task<int> RePushAsync(NodeImage[] images, CancellationToken stop)
    {
        using var http = new HttpClient();
        var slash = images[0].Repository.IndexOf('/', StringComparison.Ordinal);
        var address = new Uri($"http://{images[0].Repository[..slash]}/v2{images[0].Repository[slash..]}/manifests/race");
        var moves = 0;
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (!stop.IsCancellationRequested)
        {
            using var content = new ByteArrayContent(images[moves++ % images.Length].Manifest);
            content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.OciManifest);
            using var answer = await http.PutAsync(address, content, CancellationToken.None);
            answer.EnsureSuccessStatusCode();
            await pause.WaitForNextTickAsync(CancellationToken.None);
        }

        return moves;
    }
}
