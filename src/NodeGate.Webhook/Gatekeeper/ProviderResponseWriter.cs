using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace NodeGate.Webhook.Gatekeeper;

/// <summary>Writes the answer as ProviderResponse.</summary>
internal static class ProviderResponseWriter
{
    /// <summary>Writes <paramref name="items"/> in the version that was asked in.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="apiVersion">The version.</param>
    /// <param name="isIdempotent">Whether an answer, asked about again, gives itself: Gatekeeper mutates by no other.</param>
    /// <param name="items">The answers.</param>
    internal static void Write(IBufferWriter<byte> output, string apiVersion, bool isIdempotent, ImmutableArray<ProviderItem> items)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("apiVersion", apiVersion);
        json.WriteString("kind", "ProviderResponse");
        json.WriteStartObject("response");
        json.WriteBoolean("idempotent", isIdempotent);
        json.WriteStartArray("items");
        foreach (var item in items)
        {
            json.WriteStartObject();
            json.WriteString("key", item.Key);
            if (item.Error is null)
            {
                json.WriteString("value", item.Value);
            }
            else
            {
                json.WriteString("error", item.Error);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
