using System.Text.Json;
using System.Text.Unicode;

namespace NodeGate.Oci;

/// <summary>
/// Opens JSON of which no two parsers can have different opinions: valid UTF-8, no lone surrogates, no duplicate keys at any depth, no
/// comments, nothing behind the end, and within the limits. <see cref="JsonDocument"/> alone finds bad Unicode only when a text is read.
/// </summary>
public static class StrictJsonDocument
{
    internal static JsonDocument Open(ReadOnlyMemory<byte> content) => Open(content, OciLimits.MaxManifestBytes);

    /// <summary>
    /// Opens a document of at most <paramref name="maxBytes"/>, nested no deeper than <paramref name="maxDepth"/>, with at most <paramref name="maxTokens"/>
    /// values, names and brackets: each takes a row of <see cref="JsonDocument"/>'s own, and eight million bytes of <c>0,0,0</c> a hundred million more.
    /// </summary>
    /// <exception cref="FormatException">It is not such JSON; an <see cref="OciLimitException"/> beyond a limit.</exception>
    public static JsonDocument Open(ReadOnlyMemory<byte> content, int maxBytes, int maxDepth = OciLimits.MaxJsonDepth, int maxTokens = int.MaxValue)
    {
        if (content.Length > maxBytes)
        {
            throw new OciLimitException($"The document has {content.Length} bytes; at most {maxBytes} are read.");
        }

        if (!Utf8.IsValid(content.Span))
        {
            throw new FormatException("The document is not strict JSON: it is not valid UTF-8.");
        }

        try
        {
            CheckTokens(content.Span, maxDepth, maxTokens);
            return JsonDocument.Parse(content, new JsonDocumentOptions
            {
                AllowDuplicateProperties = false,
                MaxDepth = maxDepth,
                CommentHandling = JsonCommentHandling.Disallow,
                AllowTrailingCommas = false,
            });
        }
        catch (JsonException e)
        {
            // The message may quote the document, which is somebody else's text.
            throw new FormatException($"The document is not strict JSON: {DisplayText.Of(e.Message)}", e);
        }
    }

    private static void CheckTokens(ReadOnlySpan<byte> content, int maxDepth, int maxTokens)
    {
        var reader = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = maxDepth + 1 });
        var tokens = 0;
        while (reader.Read())
        {
            if (++tokens > maxTokens)
            {
                throw new OciLimitException($"The document has more than {maxTokens} values, names and brackets at byte {reader.TokenStartIndex}.");
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= maxDepth:
                    throw new OciLimitException($"The document is nested deeper than {maxDepth} levels at byte {reader.TokenStartIndex}.");
                case JsonTokenType.String or JsonTokenType.PropertyName when reader.ValueIsEscaped:
                    CheckEscapes(ref reader);
                    break;
                default:
                    break;
            }
        }
    }

    private static void CheckEscapes(ref Utf8JsonReader reader)
    {
        try
        {
            _ = reader.GetString();
        }
        catch (InvalidOperationException e)
        {
            // Go turns a lone surrogate into U+FFFD, so that two different documents would read alike (verification.md 7.4).
            throw new FormatException($"The document is not strict JSON: the text at byte {reader.TokenStartIndex} has half a surrogate pair.", e);
        }
    }
}
