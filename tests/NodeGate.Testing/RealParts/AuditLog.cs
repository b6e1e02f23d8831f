using System.Text.Json;

namespace NodeGate.Testing.RealParts;

/// <summary>Reads an audit log that a process is writing.</summary>
internal static class AuditLog
{
    /// <summary>The complete lines; a torn last line is left out.</summary>
    internal static IReadOnlyList<JsonElement> Lines(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        var complete = text[..(text.LastIndexOf('\n') + 1)];
        return [.. complete.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }
}
