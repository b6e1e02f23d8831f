using NodeGate.Webhook.Serving;

namespace NodeGate.Webhook.Tests.Serving;

public sealed class ByteBudgetTests
{
    [Fact]
    public async Task TakeAsync_Room_IsTakenAndGivenBackOnce()
    {
        var budget = new ByteBudget(100);
        var first = await budget.TakeAsync(60, "a", CancellationToken.None);
        using var second = await budget.TakeAsync(40, "b", CancellationToken.None);
        Assert.Equal(100, budget.Used);

        first.Dispose();
        first.Dispose();

        Assert.Equal(40, budget.Used);
    }

    [Fact]
    public async Task TakeAsync_NoRoom_WaitsInTheOrderOfAsking()
    {
        var budget = new ByteBudget(100);
        var first = await budget.TakeAsync(60, "a", CancellationToken.None);
        var large = budget.TakeAsync(80, "b", CancellationToken.None);
        var small = budget.TakeAsync(10, "c", CancellationToken.None);
        Assert.False(large.IsCompleted);
        Assert.False(small.IsCompleted);

        first.Dispose();

        using var largeGranted = await large;
        using var smallGranted = await small;
        Assert.Equal(90, budget.Used);
    }

    [Fact]
    public async Task TakeAsync_GivenUp_LetsTheNextOnesPast()
    {
        var budget = new ByteBudget(100);
        using var first = await budget.TakeAsync(60, "a", CancellationToken.None);
        using var late = new CancellationTokenSource();
        var large = budget.TakeAsync(80, "b", late.Token);
        var small = budget.TakeAsync(10, "c", CancellationToken.None);

        await late.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        using var granted = await small;
        Assert.Equal(70, budget.Used);
    }

    [Fact]
    public async Task TakeAsync_AlreadyLate_TakesNothing()
    {
        var budget = new ByteBudget(100);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => budget.TakeAsync(1, "a", new CancellationToken(canceled: true)));

        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task TakeAsync_ManyAtOnce_NeverMoreThanTheBudgetAndAllReturned()
    {
        var budget = new ByteBudget(100);
        var most = 0L;

        await Task.WhenAll(Enumerable.Range(1, 500).Select(i => Task.Run(async () =>
        {
            using var lease = await budget.TakeAsync(i % 100, $"{i % 7}", CancellationToken.None);
            InterlockedMax(ref most, budget.Used);
            await Task.Yield();
        })));

        Assert.InRange(most, 1, 100);
        Assert.Equal(0, budget.Used);
    }

    /// <summary>Attack: one client announces as much as there is, and sends it slowly.</summary>
    [Fact]
    public async Task TakeAsync_OneClientBeyondHalf_WaitsForItselfAndNobodyForIt()
    {
        var budget = new ByteBudget(100);
        var first = await budget.TakeAsync(30, "slow", CancellationToken.None);
        var beyond = budget.TakeAsync(30, "slow", CancellationToken.None);

        using var other = await budget.TakeAsync(50, "other", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(beyond.IsCompleted);
        first.Dispose();

        using var granted = await beyond;
        Assert.Equal(80, budget.Used);
    }

    /// <summary>The largest review is more than half where the budget is small.</summary>
    [Fact]
    public async Task TakeAsync_ClientThatHoldsNothing_GetsWhatIsThere()
    {
        var budget = new ByteBudget(100);

        using var all = await budget.TakeAsync(100, "a", CancellationToken.None);

        Assert.Equal(100, budget.Used);
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (var seen = Interlocked.Read(ref most); value > seen; seen = Interlocked.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
