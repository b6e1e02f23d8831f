using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace NodeGate.Audit;

/// <summary>One record as it was read back. Nothing of it is verified: that is <see cref="AuditVerifier"/>'s.</summary>
public sealed record AuditRecord
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <summary>When, in UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What happened, in the log's words.</summary>
    public required string Event { get; init; }

    /// <summary>The reference as it was asked for; empty for events without an image.</summary>
    public required string Image { get; init; }

    /// <summary>The digest, or null.</summary>
    public string? Digest { get; init; }

    /// <summary>The pod's namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The pod's name, or null.</summary>
    public string? Pod { get; init; }

    /// <summary><c>Admitted</c>, <c>Denied</c> or <c>Undetermined</c>; null for events that decide nothing.</summary>
    public string? Decision { get; init; }

    /// <summary>The reason; null for events that decide nothing.</summary>
    public string? Reason { get; init; }

    /// <summary>The sentence for people, with the fix.</summary>
    public required string Message { get; init; }

    /// <summary>The rule, or null.</summary>
    public string? Rule { get; init; }

    /// <summary>True where the rule's mode was audit: what would have been refused was let through.</summary>
    public bool IsAudit { get; init; }

    /// <summary>The line as it stands in the log.</summary>
    public required ReadOnlyMemory<byte> Line { get; init; }

    /// <summary>Reads <paramref name="line"/>; false where it is not a record of this log.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> line, [NotNullWhen(true)] out AuditRecord? record)
    {
        record = null;
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !TryReadTime(root, out var time)
                || Text(root, AuditFields.Event) is not { } @event || Text(root, AuditFields.Image) is not { } image
                || Text(root, AuditFields.Message) is not { } message || Text(root, AuditFields.Mode) is not { } mode || mode is not ("audit" or "enforce"))
            {
                return false;
            }

            record = new AuditRecord
            {
                Time = time,
                Event = @event,
                Image = image,
                Digest = Text(root, AuditFields.Digest),
                Namespace = Text(root, AuditFields.Namespace),
                Pod = Text(root, AuditFields.Pod),
                Decision = Text(root, AuditFields.Decision),
                Reason = Text(root, AuditFields.Reason),
                Message = message,
                Rule = Text(root, AuditFields.Rule),
                IsAudit = mode == "audit",
                Line = line,
            };
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, a member of another type, or text that is not Unicode.
            return false;
        }
    }

    private static bool TryReadTime(JsonElement root, out DateTimeOffset time)
    {
        time = default;
        return DateTimeOffset.TryParseExact(
            Text(root, AuditFields.Time), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value.GetString() : null;
}
