using System.Collections.Immutable;
using System.Text;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Logs;

/// <summary>A signed note (C2SP signed-note): a text, an empty line, and signature lines. Read and not verified.</summary>
/// <param name="Text">The signed text, with the line end of its last line.</param>
/// <param name="Signatures">The signatures, of whomever.</param>
internal sealed record SignedNote(string Text, ImmutableArray<NoteSignature> Signatures)
{
    private const int HintBytes = 4;

    /// <summary>An em dash and a space.</summary>
    private const string LineStart = "\u2014 ";

    /// <summary>The signed bytes.</summary>
    public byte[] SignedBytes => Encoding.UTF8.GetBytes(Text);

    /// <exception cref="EvidenceFormatException">It is not a signed note.</exception>
    public static SignedNote Read(string note)
    {
        // check: note-control-characters
        if (note.AsSpan().IndexOfAnyInRange('\0', '\t') >= 0 || note.AsSpan().IndexOfAnyInRange('\u000b', '\u001f') >= 0)
        {
            throw new EvidenceFormatException("the checkpoint has a control character");
        }

        var separator = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        // check: note-separator
        if (separator < 0)
        {
            throw new EvidenceFormatException("the checkpoint has no empty line between its text and its signatures");
        }

        var lines = note[(separator + 2)..].Split('\n');
        // check: note-end
        if (lines[^1].Length > 0 || lines.Length == 1)
        {
            throw new EvidenceFormatException("the checkpoint has no signature, or its last line has no end");
        }

        // check: limit-note-signatures
        if (lines.Length - 1 > VerificationLimits.MaxCheckpointSignatures)
        {
            throw new EvidenceFormatException($"a checkpoint with more than {VerificationLimits.MaxCheckpointSignatures} signatures", limitExceeded: true);
        }

        return new SignedNote(note[..(separator + 1)], [.. lines[..^1].Select(ReadSignature)]);
    }

    private static NoteSignature ReadSignature(string line)
    {
        var space = line.LastIndexOf(' ');
        // check: note-signature-line
        if (!line.StartsWith(LineStart, StringComparison.Ordinal) || space <= LineStart.Length)
        {
            throw new EvidenceFormatException("a signature line of the checkpoint is not of the form '\\u2014 name base64'");
        }

        // check: note-signature-bytes
        if (!StrictBase64.TryDecode(line.AsSpan(space + 1), out var bytes) || bytes.Length <= HintBytes)
        {
            throw new EvidenceFormatException("a signature of the checkpoint is not strict base64 of a key hint and a signature");
        }

        return new NoteSignature(line[LineStart.Length..space], bytes[..HintBytes], bytes[HintBytes..]);
    }
}
