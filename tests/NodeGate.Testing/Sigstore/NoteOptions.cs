using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>What differs in a checkpoint.</summary>
public sealed record NoteOptions
{
    public static NoteOptions Default { get; } = new();

    /// <summary>Changes the text before it is signed: the log itself said so.</summary>
    public Func<string, string>? AlterText { get; init; }

    /// <summary>Signs instead of the log's key, under the log's name and hint.</summary>
    public SigningKey? Key { get; init; }

    /// <summary>The name on the signature line.</summary>
    public string? Name { get; init; }

    /// <summary>The four bytes before the signature.</summary>
    public byte[]? Hint { get; init; }

    public Func<byte[], byte[]>? AlterSignature { get; init; }

    /// <summary>Leaves out the log's own signature line.</summary>
    public bool WithoutOwnLine { get; init; }

    /// <summary>Lines before the log's own one, without the newline.</summary>
    public IReadOnlyList<string> LinesBefore { get; init; } = [];

    public IReadOnlyList<string> LinesAfter { get; init; } = [];

    /// <summary>Witnesses that cosign the checkpoint.</summary>
    public IReadOnlyList<VirtualWitness> Witnesses { get; init; } = [];

    /// <summary>Changes the note after signing.</summary>
    public Func<string, string>? AlterNote { get; init; }
}
