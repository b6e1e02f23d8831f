using NodeGate.Policy;

namespace NodeGate.Host.Scanning;

/// <summary>One judgement of one image on the node.</summary>
internal sealed record ScanRow
{
    /// <summary>The name that was judged; the image ID where it has none.</summary>
    public required string Image { get; init; }

    /// <summary>The image ID.</summary>
    public required string Id { get; init; }

    /// <summary>The digest that was judged, or null.</summary>
    public required string? Digest { get; init; }

    /// <summary>The namespace that it was judged for; null: for no one in particular.</summary>
    public required string? Namespace { get; init; }

    /// <summary><c>Admitted</c>, <c>Denied</c> or <c>Undetermined</c>: in audit mode what would be in enforce mode.</summary>
    public required string Decision { get; init; }

    /// <summary>The stable reason.</summary>
    public required string Reason { get; init; }

    /// <summary>The rule or exception that decided, or null.</summary>
    public required string? Rule { get; init; }

    /// <summary><c>enforce</c> or <c>audit</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>How many containers use it in that namespace.</summary>
    public required int Containers { get; init; }

    /// <summary>True for the image that containerd starts every pod with.</summary>
    public bool IsSandboxImage { get; init; }

    /// <summary>The sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>True where a pod would be stopped: a refusal in audit mode stops nothing.</summary>
    internal bool Stops(string decision) => Decision == decision && Mode != "audit";

    /// <summary>The row of <paramref name="decision"/> about the image <paramref name="id"/>.</summary>
    internal static ScanRow Of(string image, string id, Decision decision, int containers)
    {
        var shown = decision.Effective;
        return new ScanRow
        {
            Image = image,
            Id = id,
            Digest = shown.Basis.Digest?.ToString(),
            Namespace = shown.Basis.Namespace,
            Decision = shown.Outcome,
            Reason = shown.Reason.ToString(),
            Rule = shown.Basis.Rule,
            Mode = shown.Basis.Mode == PolicyMode.Audit ? "audit" : "enforce",
            Containers = containers,
            Message = shown.Message,
        };
    }
}
