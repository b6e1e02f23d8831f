using System.Collections.Immutable;

namespace NodeGate.Policy.Importing.Native;

/// <summary>An entry of <c>exceptions</c>.</summary>
internal sealed record NativeException(string Name, PolicyPosition Origin, ImmutableArray<string> Images, DateTimeOffset Expires, string Owner)
{
    public string? Ticket { get; init; }
}
