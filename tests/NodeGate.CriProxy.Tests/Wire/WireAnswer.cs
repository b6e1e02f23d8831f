namespace NodeGate.CriProxy.Tests.Wire;

/// <summary>What a call brought back: the message, and headers and trailers in one list.</summary>
internal sealed record WireAnswer(byte[]? Message, (string Name, string Value)[] Fields)
{
    public string? Trailer(string name) => Fields.FirstOrDefault(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
