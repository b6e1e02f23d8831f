using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using NodeGate.Policy;

namespace NodeGate.Audit;

/// <summary>Turns records into lines. Everything that a stranger can choose (image, messages, signers) is bounded and escaped here.</summary>
internal sealed class AuditEncoder
{
    private readonly string _node;
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    internal AuditEncoder(string node)
    {
        _node = node;
    }

    /// <summary>Appends one line to <paramref name="output"/> and returns its hash, which is the next one's <paramref name="prev"/>.</summary>
    internal string Append(IBufferWriter<byte> output, DecisionRecord record, DateTimeOffset time, long seq, string prev)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer))
        {
            Write(json, record, time, seq, prev);
        }

        // Without its closing brace, for the hash is the last member.
        var text = _buffer.WrittenSpan[..^1];
        var hash = AuditChain.Hash(text);
        output.Write(text);
        output.Write(Encoding.ASCII.GetBytes($",\"{AuditFields.Hash}\":\"{hash}\"}}\n"));
        return hash;
    }

    private void Write(Utf8JsonWriter json, DecisionRecord record, DateTimeOffset time, long seq, string prev)
    {
        json.WriteStartObject();
        json.WriteString(AuditFields.Time, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteNumber(AuditFields.Seq, seq);
        Text(json, AuditFields.Node, _node);
        json.WriteString(AuditFields.Event, Word(record.Event));
        Text(json, AuditFields.Image, record.Image);
        json.WriteString(AuditFields.Digest, record.Digest?.ToString());
        Text(json, AuditFields.Namespace, record.Namespace);
        Text(json, AuditFields.Pod, record.Pod);
        Text(json, AuditFields.PodUid, record.PodUid);
        Text(json, AuditFields.Decision, record.Decision);
        json.WriteString(AuditFields.Reason, record.Reason?.ToString());
        Text(json, AuditFields.Message, record.Message);
        Text(json, AuditFields.Rule, record.Rule);
        json.WriteString(AuditFields.Mode, record.Mode == PolicyMode.Audit ? "audit" : "enforce");
        json.WriteStartArray(AuditFields.Signers);
        foreach (var signer in record.Signers.Take(AuditLimits.MaxSigners))
        {
            json.WriteStringValue(Bounded(signer, AuditLimits.MaxSignerLength));
        }

        json.WriteEndArray();
        json.WriteBoolean(AuditFields.Cached, record.Cached);
        json.WriteNumber(AuditFields.DurationMs, Math.Round(record.Duration.TotalMilliseconds, 3));
        Text(json, AuditFields.PolicyRevision, record.PolicyRevision);
        json.WriteString(AuditFields.Prev, prev);
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string name, string? value) =>
        json.WriteString(name, value is null ? null : Bounded(value, AuditLimits.MaxFieldLength));

    private static string Word(DecisionEvent @event) => @event switch
    {
        DecisionEvent.Pull => "pull",
        DecisionEvent.ImageStatus => "imageStatus",
        DecisionEvent.CreateContainer => "createContainer",
        DecisionEvent.Admission => "admission",
        DecisionEvent.PolicyReload => "policyReload",
        DecisionEvent.Start => "start",
        DecisionEvent.Stop => "stop",
        _ => throw new ArgumentOutOfRangeException(nameof(@event), @event, "Not an event of the audit log."),
    };

    /// <summary>At most <paramref name="limit"/> characters and no lone surrogate: the JSON writer throws on one, and a name must not stop the log.</summary>
    private static string Bounded(string text, int limit)
    {
        if (text.Length > limit)
        {
            text = string.Concat(text.AsSpan(0, limit - 1), "…");
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                text = string.Concat(text.AsSpan(0, i), "\uFFFD", text.AsSpan(i + 1));
            }
        }

        return text;
    }
}
