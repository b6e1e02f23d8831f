using System.Collections.Immutable;
using NodeGate.Policy.Loading;

namespace NodeGate.Policy.Importing;

/// <summary>What an import takes beside its documents, and where it says what it met.</summary>
internal sealed class ImportContext(IPolicyFiles files)
{
    private readonly List<string> _notes = [];

    /// <summary>Gives the bytes of files that the documents name.</summary>
    public IPolicyFiles Files { get; } = files;

    /// <summary>The files that were given beside the documents.</summary>
    public ImmutableArray<PolicyFile> Materials { get; init; } = [];

    public ErrorList Errors { get; } = new();

    /// <summary>The notes in their order; one that was made twice is told once.</summary>
    public ImmutableArray<string> Notes => [.. _notes.Distinct(StringComparer.Ordinal)];

    public void Note(string note) => _notes.Add(note);

    public void Note(PolicyPosition position, string note) => Note($"{position}: {note}");

    /// <summary>
    /// Refuses the import. <paramref name="what"/> stands at <paramref name="position"/>; <paramref name="why"/> it cannot be kept;
    /// <paramref name="byHand"/> is what its author can write instead.
    /// </summary>
    public void Refuse(PolicyPosition position, string what, string why, string byHand) =>
        Errors.Add(position, $"{what}, which cannot be kept exactly: {why}", byHand);

    public void Refuse(PolicyPosition position, string what, Refusal refusal) => Refuse(position, what, refusal.Why, refusal.ByHand);
}
