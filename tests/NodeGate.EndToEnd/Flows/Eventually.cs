namespace NodeGate.EndToEnd.Flows;

/// <summary>Waits for what other programs make known only when they are asked.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static async Task<T> FoundAsync<T>(string what, Func<Task<T?>> find)
        where T : class
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (true)
        {
            if (await find() is { } found)
            {
                return found;
            }

            try
            {
                await pause.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"not reached within {Patience}: {what}");
            }
        }
    }

    internal static Task TrueAsync(string what, Func<Task<bool>> holds) =>
        FoundAsync(what, async () => await holds() ? what : null);
}
