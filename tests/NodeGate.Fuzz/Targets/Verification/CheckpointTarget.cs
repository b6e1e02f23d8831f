using System.Globalization;
using System.Text;
using NodeGate.Fuzz.Engine;
using NodeGate.Verification.Logs;
using NodeGate.Verification.Strict;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>Signed notes and checkpoints. Oracles: a note is written again as the same text; one that a log of the world signed says what was minted.</summary>
internal sealed class CheckpointTarget : IFuzzTarget
{
    private static readonly Lazy<HashSet<string>> Minted = new(() =>
        [.. Corpus.Of("checkpoint").Where(entry => entry.File.StartsWith("seed-", StringComparison.Ordinal)).Select(entry => SignedNote.Read(Encoding.UTF8.GetString(entry.Input)).Text)]);

    public string Name => "checkpoint";

    public IReadOnlyList<Type> Parsers => [typeof(SignedNote), typeof(Checkpoint), typeof(NoteSignature)];

    public IEnumerable<byte[]> Seeds => [];

    public string Check(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        try
        {
            var checkpoint = Checkpoint.Read(text);
            var note = checkpoint.Note;
            var written = note.Text + "\n" + string.Concat(note.Signatures.Select(s => $"\u2014 {s.Name} {Convert.ToBase64String([.. s.KeyHint, .. s.Signature])}\n"));
            FuzzFailure.UnlessEqual(text, written, "a note is written again as the same text");
            var body = string.Create(CultureInfo.InvariantCulture, $"{checkpoint.Origin}\n{checkpoint.Size}\n{Convert.ToBase64String(checkpoint.RootHash)}\n");
            FuzzFailure.Unless(note.Text.StartsWith(body, StringComparison.Ordinal), "a checkpoint is written again as its first three lines");
            var signed = Trusted.TrustRoot.TransparencyLogs.SelectMany(log => new[] { checkpoint.Check(log, isRekorV2: true), checkpoint.Check(log, isRekorV2: false) }).ToArray();
            FuzzFailure.Unless(!signed.Any(finding => finding.Holds) || Minted.Value.Contains(note.Text), "a mutated checkpoint is not a log's");
            return $"checkpoint, {Outcome.Magnitude(note.Signatures.Length)} signatures, {string.Join(' ', signed.Select(finding => Outcome.Shape(finding.Detail)))}";
        }
        catch (EvidenceFormatException e)
        {
            return Outcome.Refused(e.Message);
        }
    }
}
