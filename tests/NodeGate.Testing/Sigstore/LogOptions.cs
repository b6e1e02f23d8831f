using System.Text.Json.Nodes;
using NodeGate.Testing.Signing;

namespace NodeGate.Testing.Sigstore;

/// <summary>What differs in a log entry. What a bundle can have wrong without the log, a test changes in the bundle.</summary>
public sealed record LogOptions
{
    public static LogOptions Default { get; } = new();

    /// <summary>hashedrekord, dsse or intoto; null: as a client of today would log it.</summary>
    public string? Kind { get; init; }

    /// <summary>Changes the body before the log takes it in: the log has proof and promise for the changed one.</summary>
    public Action<JsonObject>? AlterBody { get; init; }

    /// <summary>Rekor v1 only; when the log says it took the entry in.</summary>
    public DateTimeOffset? IntegratedTime { get; init; }

    /// <summary>Rekor v1 only: the signed entry timestamp.</summary>
    public bool Promise { get; init; } = true;

    public bool Proof { get; init; } = true;

    /// <summary>Makes the log promise something else than what the bundle says.</summary>
    public Func<PromisedEntry, PromisedEntry>? AlterPromised { get; init; }

    /// <summary>Signs the promise instead of the log.</summary>
    public SigningKey? PromiseKey { get; init; }

    /// <summary>Entries of others in the tree before this one; it is the entry's index in the tree.</summary>
    public int Before { get; init; } = 3;

    /// <summary>Entries of others after it.</summary>
    public int After { get; init; } = 2;

    public NoteOptions Checkpoint { get; init; } = NoteOptions.Default;
}
