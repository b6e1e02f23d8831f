using NodeGate.Fuzz.Engine;
using NodeGate.Testing.Tuf;
using NodeGate.Verification.Strict;
using NodeGate.Verification.Tuf;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>The canonical form that TUF signs. Oracles: a second writer agrees; where the form is JSON again, it is its own canonical form.</summary>
internal sealed class CanonicalJsonTarget : IFuzzTarget
{
    public string Name => "canonical-json";

    public IReadOnlyList<Type> Parsers => [typeof(CanonicalJson)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        """{ "b": [1, -2, true, null, {"z": "", "a": "\u00e9\ud83d\ude00\\\"\n"}], "a": 9223372036854775808, "\uffff": 1, "\ud83d\ude00": 2 }""", "[]", "\"x\"", "{\"n\": 1.0}");

    public string Check(byte[] input)
    {
        byte[] canonical;
        try
        {
            canonical = CanonicalJson.Encode(StrictJson.Parse(input).Element);
        }
        catch (EvidenceFormatException e)
        {
            return Outcome.Refused(e.Message);
        }

        using var document = System.Text.Json.JsonDocument.Parse(input);
        FuzzFailure.UnlessSame(TufCanonical.Encode(System.Text.Json.Nodes.JsonNode.Parse(input)), canonical, "two writers make one canonical form");
        if (canonical.AsSpan().ContainsAnyInRange((byte)0, (byte)31))
        {
            return "canonical, and no JSON";
        }

        FuzzFailure.UnlessSame(canonical, CanonicalJson.Encode(StrictJson.Parse(canonical).Element), "a canonical form is its own");
        return "canonical " + document.RootElement.ValueKind;
    }
}
