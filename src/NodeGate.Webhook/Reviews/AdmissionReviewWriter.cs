using System.Buffers;
using System.Text.Json;

namespace NodeGate.Webhook.Reviews;

/// <summary>Writes the answer as AdmissionReview v1.</summary>
internal static class AdmissionReviewWriter
{
    /// <summary>Writes <paramref name="answer"/>.</summary>
    internal static void Write(IBufferWriter<byte> output, ReviewAnswer answer)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("apiVersion", AdmissionReviewReader.ApiVersion);
        json.WriteString("kind", AdmissionReviewReader.ReviewKind);
        json.WriteStartObject("response");
        json.WriteString("uid", answer.Uid);
        json.WriteBoolean("allowed", answer.Refusal is null);
        if (answer.Refusal is { } refusal)
        {
            json.WriteStartObject("status");
            json.WriteNumber("code", refusal.Code);
            json.WriteString("reason", refusal.Reason);
            json.WriteString("message", refusal.Message);
            json.WriteEndObject();
        }

        if (!answer.Changes.IsEmpty)
        {
            json.WriteString("patchType", "JSONPatch");
            json.WriteBase64String("patch", Patch(answer));
        }

        if (!answer.Warnings.IsEmpty)
        {
            json.WriteStartArray("warnings");
            foreach (var warning in answer.Warnings)
            {
                json.WriteStringValue(warning);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>One <c>replace</c> for each text (RFC 6902): whatever else is in the object is none of our business.</summary>
    private static ReadOnlySpan<byte> Patch(ReviewAnswer answer)
    {
        var patch = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(patch);
        json.WriteStartArray();
        foreach (var change in answer.Changes)
        {
            json.WriteStartObject();
            json.WriteString("op", "replace");
            json.WriteString("path", change.Pointer);
            json.WriteString("value", change.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        return patch.WrittenSpan;
    }
}
