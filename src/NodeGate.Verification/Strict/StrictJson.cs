using System.Text.Json;
using System.Text.Unicode;

namespace NodeGate.Verification.Strict;

/// <summary>
/// Reads JSON (RFC 8259) so that no other parser can read it differently: valid UTF-8 without lone surrogates, no duplicate names, no
/// comments, no trailing commas, limited depth. Two readings of one signed text are how a signature comes to mean something else.
/// </summary>
internal static class StrictJson
{
    private static JsonDocumentOptions Options => new()
    {
        // check: json-duplicates
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = VerificationLimits.MaxJsonDepth,
    };

    /// <exception cref="EvidenceFormatException">It is not such JSON.</exception>
    public static StrictNode Parse(ReadOnlySpan<byte> utf8)
    {
        // check: json-utf8
        if (!Utf8.IsValid(utf8))
        {
            throw new EvidenceFormatException("the JSON is not valid UTF-8");
        }

        try
        {
            CheckDepthAndText(utf8);
            return new StrictNode(JsonElement.Parse(utf8, Options), "$");
        }
        catch (JsonException e)
        {
            throw new EvidenceFormatException($"not strict JSON: a syntax error or a duplicate name in line {e.LineNumber}, byte {e.BytePositionInLine}");
        }
    }

    private static void CheckDepthAndText(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = VerificationLimits.MaxJsonDepth + 1 });
        while (reader.Read())
        {
            // check: limit-json-depth
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= VerificationLimits.MaxJsonDepth)
            {
                throw new EvidenceFormatException($"JSON deeper than {VerificationLimits.MaxJsonDepth} levels", limitExceeded: true);
            }

            // check: json-surrogates
            if (reader.ValueIsEscaped && !IsText(ref reader))
            {
                throw new EvidenceFormatException("the JSON has an escape that is half a character (a lone surrogate)");
            }
        }
    }

    private static bool IsText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            // .NET reports a lone surrogate this way, not as a JsonException.
            return false;
        }
    }
}
