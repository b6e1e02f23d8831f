using System.Text.Json;

namespace NodeGate.Demo;

/// <summary>What the demo prints, and the count of answers that were not the expected ones.</summary>
internal sealed class Screen
{
    internal int Answers { get; private set; }

    internal int Differences { get; private set; }

    internal void Heading(string text)
    {
        Console.WriteLine();
        Console.WriteLine("── " + text);
    }

    internal void Answer(string call, string answer, bool asExpected)
    {
        Answers++;
        Differences += asExpected ? 0 : 1;
        Console.WriteLine($"   {(asExpected ? "ok " : "NOT EXPECTED ")} {call}");
        Console.WriteLine($"       → {answer}");
    }

    internal void AuditLine(JsonElement line)
    {
        string Text(string name) => line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "-";
        var digest = Text("digest");
        Console.WriteLine(
            $"   {Text("event"),-15} {Text("decision"),-12} {Text("reason"),-17} {Text("image")} {(digest.Length > 19 ? digest[..19] + "…" : digest)}");
    }
}
