using NodeGate.Gate.Scheduling;
using NodeGate.Oci;

namespace NodeGate.Gate.Tests.Scheduling;

public sealed class FairSlotsTests
{
    [Fact]
    public async Task EnterAsync_WhenFull_WaitsAndTakesTurnsBetweenRegistries()
    {
        var slots = new FairSlots(total: 2, perKey: 2, queued: 10, queuedPerKey: 10);
        var a1 = await slots.EnterAsync("a", CancellationToken.None);
        var a2 = await slots.EnterAsync("a", CancellationToken.None);
        var a3 = slots.EnterAsync("a", CancellationToken.None);
        var a4 = slots.EnterAsync("a", CancellationToken.None);
        var b1 = slots.EnterAsync("b", CancellationToken.None);
        Assert.False(a3.IsCompleted || a4.IsCompleted || b1.IsCompleted);

        a1.Dispose();
        var third = await a3;
        Assert.False(a4.IsCompleted || b1.IsCompleted);
        a2.Dispose();
        await b1;
        Assert.False(a4.IsCompleted);
        third.Dispose();
        await a4;
    }

    [Fact]
    public async Task EnterAsync_OneRegistryAtItsBound_LeavesPlacesToOthers()
    {
        var slots = new FairSlots(total: 3, perKey: 1, queued: 10, queuedPerKey: 10);
        await slots.EnterAsync("a", CancellationToken.None);
        var a2 = slots.EnterAsync("a", CancellationToken.None);
        await slots.EnterAsync("b", CancellationToken.None);
        Assert.False(a2.IsCompleted);
    }

    [Fact]
    public async Task EnterAsync_CallerGivesUp_LeavesNoTrace()
    {
        var slots = new FairSlots(total: 1, perKey: 1, queued: 1, queuedPerKey: 1);
        var first = await slots.EnterAsync("a", CancellationToken.None);
        using var impatient = new CancellationTokenSource();
        var second = slots.EnterAsync("a", impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);

        var third = slots.EnterAsync("a", CancellationToken.None);
        first.Dispose();
        first.Dispose();
        using (await third)
        {
            Assert.False(slots.EnterAsync("b", CancellationToken.None).IsCompleted);
        }
    }

    [Fact]
    public async Task EnterAsync_QueueFull_IsRefusedWithAReason()
    {
        var slots = new FairSlots(total: 1, perKey: 1, queued: 2, queuedPerKey: 1);
        await slots.EnterAsync("a", CancellationToken.None);
        _ = slots.EnterAsync("a", CancellationToken.None);
        var e = await Assert.ThrowsAsync<NodeGateException>(() => slots.EnterAsync("a", CancellationToken.None));
        Assert.Equal(DecisionReason.LimitExceeded, e.Reason);
        _ = slots.EnterAsync("b", CancellationToken.None);
        await Assert.ThrowsAsync<NodeGateException>(() => slots.EnterAsync("c", CancellationToken.None));
    }

    /// <summary>Oracle: never more than the bounds, and everybody gets in.</summary>
    [Fact]
    public async Task EnterAsync_ManyAtOnce_KeepsTheBoundsAndServesAll()
    {
        var slots = new FairSlots(total: 4, perKey: 2, queued: 1000, queuedPerKey: 1000);
        var running = new int[3];
        var broken = 0;
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Task.Run(async () =>
        {
            using var place = await slots.EnterAsync($"r{i % 3}", CancellationToken.None);
            if (Interlocked.Increment(ref running[i % 3]) > 2 || running.Sum() > 4)
            {
                Interlocked.Increment(ref broken);
            }

            await Task.Yield();
            Interlocked.Decrement(ref running[i % 3]);
        }))).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, broken);
    }
}
