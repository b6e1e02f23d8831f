using NodeGate.EndToEnd.Fidelity;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Crash;

/// <summary>
/// kill -9 at each step of design.md section 2, by its number, and a restart on the same folder. Of steps 2 and 3 nothing can be seen from
/// outside but their record; that they are hit before it is left to the random moments.
/// </summary>
[Collection(CrashCollection.Name)]
public sealed class CrashTests(CrashNode node)
{
    private const int Rounds = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Each with the tag free in containerd (false) or taken by an unverified image (true).</summary>
    public static TheoryData<string, bool> Steps => new()
    {
        { "2 reference refused, recorded", false },
        { "3 allowed by rule, recorded", false },
        { "4 resolve", true },
        { "5 ledger, PullImage asked again", false },
        { "6 referrers", true },
        { "6 signature tag", false },
        { "6 referrer", false },
        { "6 bundle", false },
        { "6 payload", true },
        { "8 ledger written", true },
        { "8 audit written", true },
        { "9 PullImage asked", true },
        { "9 PullImage asked", false },
        { "9 PullImage answered", true },
        { "9 PullImage answered", false },
        { "9 pulled record read", true },
        { "9 name asked", true },
        { "9 name asked", false },
        { "9 name answered", true },
        { "9 name answered", false },
        { "9 ImageStatus asked", true },
        { "9 ImageStatus answered", false },
        { "9 pull written to the ledger", true },
        { "9 answered", true },
        { "10 refusal recorded", true },
        { "10 answered", true },
        { "11 ImageStatus asked", true },
        { "11 ImageStatus answered", true },
        { "11 absence recorded", true },
        { "11 presence recorded", true },
        { "11 answered", true },
    };

    [RealPartTheory("root", "containerd-2.1", "nodegate", "crane", "busybox")]
    [MemberData(nameof(Steps))]
    public async Task Kill_AtStep_LeavesNothingUnverifiedPresentAndNoAnswerUnrecorded(string step, bool isSmuggled)
    {
        await node.StartAsync();
        var images = await node.PushAsync(isSmuggled);
        var answers = new AnswerBook();
        using (var cri = node.Gate.Cri())
        {
            if (step is "5 ledger, PullImage asked again" or "11 presence recorded" or "11 answered")
            {
                Assert.Equal(0, (await answers.PullAsync(cri, images.Tag))?.Status);
            }

            var reached = Arm(step, images);
            var call = CallAsync(step, images, cri, answers);
            await (reached ?? call).WaitAsync(Patience);
            await node.Gate.KillAsync();
            await call.WaitAsync(Patience);
        }

        await node.DisarmAsync();
        await node.Gate.RestartAsync();

        await node.AssertSafeAsync(images, answers);
    }

    [RealPartFact("root", "containerd-2.1", "nodegate", "crane", "busybox")]
    public async Task Kill_AtRandomMomentsOfABurst_LeavesNothingUnverifiedPresentAndNoAnswerUnrecorded()
    {
        await node.StartAsync();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            // Every other time before most pulls have come as far as the registry.
            var moment = TimeSpan.FromMilliseconds(random.NextDouble() * (round % 2 == 0 ? 25 : 700));
            var images = await node.PushAsync(isSmuggled: round % 4 < 2);
            var other = await node.PushAsync(isSmuggled: round % 4 >= 2);
            var answers = new AnswerBook();
            var clients = Enumerable.Range(0, 4).Select(_ => UntilItDiesAsync(images, other, answers)).ToArray();
            await Task.Delay(moment);
            await node.Gate.KillAsync();
            await Task.WhenAll(clients).WaitAsync(Patience);
            await node.Gate.RestartAsync();
            try
            {
                await node.AssertSafeAsync(images, answers);
                await node.AssertSafeAsync(other, answers);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"round {round}, killed after {moment.TotalMilliseconds} ms, seed {seed}", e);
            }
        }
    }

    private async Task UntilItDiesAsync(CrashImages images, CrashImages other, AnswerBook answers)
    {
        using var cri = node.Gate.Cri();
        while (await answers.PullAsync(cri, images.Tag) is not null
            && (await answers.StatusAsync(cri, images.Tag)).IsAnswered
            && await answers.PullAsync(cri, images.Evil.Pinned) is not null
            && (await answers.StatusAsync(cri, images.Evil.Id)).IsAnswered
            && await answers.PullAsync(cri, other.Tag) is not null
            && (await answers.StatusAsync(cri, other.Tag)).IsAnswered)
        {
        }
    }

    // Null: the moment after the answer.
    private Task? Arm(string step, CrashImages images) => step switch
    {
        "4 resolve" => node.RequestAsync(path => path.EndsWith("/manifests/" + CrashImages.TagName, StringComparison.Ordinal)),
        "6 referrers" => node.RequestAsync(path => path.Contains("/referrers/", StringComparison.Ordinal)),
        "6 signature tag" => node.RequestAsync(path => path.EndsWith(".sig", StringComparison.Ordinal)),
        "6 referrer" => node.RequestAsync(path => path.EndsWith("/manifests/" + node.Registry.ReferrerOf(images.Good), StringComparison.Ordinal)),
        "6 bundle" => node.RequestAsync(path => path.EndsWith("/blobs/" + node.Registry.BundleOf(images.Good), StringComparison.Ordinal)),
        "6 payload" => node.RequestAsync(path => path.EndsWith("/blobs/" + node.Registry.PayloadOf(images.Good), StringComparison.Ordinal)),
        "8 ledger written" => node.KillWhenGrownAsync(node.LedgerFile),
        "2 reference refused, recorded" or "3 allowed by rule, recorded" or "8 audit written" or "10 refusal recorded" => node.KillWhenGrownAsync(node.AuditFile),
        "5 ledger, PullImage asked again" or "9 PullImage asked" => node.CallAsync(TapMoment.Asked, "PullImage"),
        "9 PullImage answered" => node.CallAsync(TapMoment.Answered, "PullImage"),
        "9 pulled record read" => node.CallAsync(TapMoment.Answered, "Get"),
        "9 name asked" => node.CallAsync(TapMoment.Asked, "Create", "Update"),
        "9 name answered" => node.CallAsync(TapMoment.Answered, "Create", "Update"),
        "9 ImageStatus asked" or "11 ImageStatus asked" => node.CallAsync(TapMoment.Asked, "ImageStatus"),
        "9 ImageStatus answered" or "11 ImageStatus answered" => node.CallAsync(TapMoment.Answered, "ImageStatus"),
        "9 pull written to the ledger" => node.KillWhenGrownAfterAsync("ImageStatus", node.LedgerFile),
        "11 absence recorded" or "11 presence recorded" => node.KillWhenGrownAfterAsync("ImageStatus", node.AuditFile),
        "9 answered" or "10 answered" or "11 answered" => null,
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, null),
    };

    private Task CallAsync(string step, CrashImages images, CriClient cri, AnswerBook answers) => step switch
    {
        "2 reference refused, recorded" => answers.PullAsync(cri, images.Good.Repository + ":1:2"),
        "3 allowed by rule, recorded" => answers.PullAsync(cri, node.Registry.Push(node.Registry.NewRepository("open/"), "1", signed: false).Tagged("1")),
        _ when step.StartsWith("10 ", StringComparison.Ordinal) => answers.PullAsync(cri, images.Evil.Pinned),
        _ when step.StartsWith("11 ", StringComparison.Ordinal) => answers.StatusAsync(cri, images.Tag),
        _ => answers.PullAsync(cri, images.Tag),
    };
}
