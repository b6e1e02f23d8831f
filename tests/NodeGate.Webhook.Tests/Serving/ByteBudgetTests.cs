using NodeGate.Webhook.Serving;

namespace NodeGate.Webhook.Tests.Serving;

public sealed class ByteBudgetTests
{
    [Fact]
    public async Task TakeAsync_Room_IsTakenAndGivenBackOnce()
    {
        var budget = new ByteBudget(100);
        var first = await budget.TakeAsync(60, CancellationToken.None);
        using var second = await budget.TakeAsync(40, CancellationToken.None);
        Assert.Equal(100, budget.Used);

        first.Dispose();
        first.Dispose();

        Assert.Equal(40, budget.Used);
    }

    [Fact]
    public async Task TakeAsync_NoRoom_WaitsInTheOrderOfAsking()
    {
        var budget = new ByteBudget(100);
        var first = await budget.TakeAsync(60, CancellationToken.None);
        var large = budget.TakeAsync(80, CancellationToken.None);
        var small = budget.TakeAsync(10, CancellationToken.None);
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
        using var first = await budget.TakeAsync(60, CancellationToken.None);
        using var late = new CancellationTokenSource();
        var large = budget.TakeAsync(80, late.Token);
        var small = budget.TakeAsync(10, CancellationToken.None);

        await late.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        using var granted = await small;
        Assert.Equal(70, budget.Used);
    }

    [Fact]
    public async Task TakeAsync_AlreadyLate_TakesNothing()
    {
        var budget = new ByteBudget(100);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => budget.TakeAsync(1, new CancellationToken(canceled: true)));

        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task TakeAsync_ManyAtOnce_NeverMoreThanTheBudgetAndAllReturned()
    {
        var budget = new ByteBudget(100);
        var most = 0L;

        await Task.WhenAll(Enumerable.Range(1, 500).Select(i => Task.Run(async () =>
        {
            using var lease = await budget.TakeAsync(i % 100, CancellationToken.None);
            InterlockedMax(ref most, budget.Used);
            await Task.Yield();
        })));

        Assert.InRange(most, 1, 100);
        Assert.Equal(0, budget.Used);
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (var seen = Interlocked.Read(ref most); value > seen; seen = Interlocked.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
