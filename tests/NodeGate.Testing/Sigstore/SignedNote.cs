using System.Text;

namespace NodeGate.Testing.Sigstore;

/// <summary>Checkpoints are signed notes (C2SP signed-note): a text, an empty line, signature lines.</summary>
public static class SignedNote
{
    public static string Line(string name, byte[] hint, byte[] signature) => $"\u2014 {name} {Convert.ToBase64String([.. hint, .. signature])}";

    internal static string Sign(VirtualLog log, string text, DateTimeOffset time, NoteOptions options)
    {
        text = options.AlterText?.Invoke(text) ?? text;
        List<string> lines = [.. options.LinesBefore];
        if (!options.WithoutOwnLine)
        {
            var signature = (options.Key ?? log.Key).Sign(Encoding.UTF8.GetBytes(text));
            lines.Add(Line(options.Name ?? log.Name, options.Hint ?? log.Id[..4], options.AlterSignature?.Invoke(signature) ?? signature));
        }

        lines.AddRange(options.LinesAfter);
        lines.AddRange(options.Witnesses.Select(witness => witness.Line(text, time)));
        var note = text + "\n" + string.Concat(lines.Select(line => line + "\n"));
        return options.AlterNote?.Invoke(note) ?? note;
    }
}
