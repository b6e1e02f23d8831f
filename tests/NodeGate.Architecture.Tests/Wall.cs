namespace NodeGate.Architecture.Tests;

internal static class Wall
{
    /// <summary>Fails with every breach, one a line: who breaks a wall shall see all of it at once.</summary>
    internal static void Stands(IEnumerable<string?> breaches)
    {
        var found = breaches.ToArray();
        if (found.Length > 0)
        {
            Assert.Fail($"{found.Length} found where none may be:\n  " + string.Join("\n  ", found));
        }
    }
}
