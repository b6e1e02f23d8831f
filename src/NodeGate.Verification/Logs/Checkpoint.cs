using System.Globalization;
using NodeGate.Oci;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Logs;

/// <summary>A log's tree head as a signed note (C2SP tlog-checkpoint; verification.md sections 2.4 and 2.5).</summary>
/// <param name="Origin">The log's name for itself.</param>
/// <param name="Size">The number of entries.</param>
/// <param name="RootHash">The Merkle tree's root.</param>
/// <param name="Note">The note that it was read from.</param>
internal sealed record Checkpoint(string Origin, long Size, byte[] RootHash, SignedNote Note)
{
    private const int HashBytes = 32;
    private const int HintBytes = 4;

    /// <exception cref="EvidenceFormatException">It is not a checkpoint.</exception>
    public static Checkpoint Read(string text)
    {
        var note = SignedNote.Read(text);
        // The text ends with a line end, so that the last piece is empty.
        var lines = note.Text.Split('\n')[..^1];
        // check: checkpoint-lines
        if (lines.Length < 3 || lines.Any(l => l.Length == 0))
        {
            throw new EvidenceFormatException("the checkpoint's text has not three lines or more, none of them empty: origin, size, root hash");
        }

        // check: checkpoint-size
        if (!long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) || lines[1] is ['0', _, ..])
        {
            throw new EvidenceFormatException($"the checkpoint's size {Shown.Text(lines[1])} is not a whole number from 0 to 2^63-1");
        }

        // check: checkpoint-root
        if (!StrictBase64.TryDecode(lines[2], out var root) || root.Length != HashBytes)
        {
            throw new EvidenceFormatException($"the checkpoint's root hash is not strict base64 of {HashBytes} bytes");
        }

        return new Checkpoint(lines[0], size, root, note);
    }

    /// <summary>Step <c>checkpoint</c>: the log signed it. Other signers' lines, those of witnesses among them, are ignored.</summary>
    /// <param name="log">The log that the entry names.</param>
    /// <param name="isRekorV2">Whose rules hold: both versions name logs and keys in their own way.</param>
    public Finding<Checkpoint> Check(TransparencyLog log, bool isRekorV2)
    {
        // Rekor v1 names itself and its tree, "rekor.sigstore.dev - 2605736670972794746"; its name need not be its address. Rekor v2 is its address.
        var name = isRekorV2 ? log.Origin : NameInOrigin();
        // check: checkpoint-origin
        if (name is null || (isRekorV2 && Origin != name))
        {
            return Invalid(
                $"the checkpoint's origin is {Shown.Text(Origin)}; expected "
                    + (isRekorV2 ? Shown.Text(log.Origin) : "the log's name, ' - ' and the number of its tree"));
        }

        // Rekor v1 hashes its key alone (not as signed-note would), Rekor v2 the note key, which is what the trust root names it by.
        var hint = (isRekorV2 ? log.CheckpointKeyId : log.Key.Fingerprint.ToHash()).AsSpan(0, HintBytes);
        var signedBytes = Note.SignedBytes;
        var verified = new List<byte[]>();
        foreach (var line in Note.Signatures)
        {
            if (line.Name != name || !hint.SequenceEqual(line.KeyHint))
            {
                continue;
            }

            // Anybody can repeat the log's line: the largest bundle would cost thousands of verifications, and the images beside it their time.
            // check: checkpoint-signature-twice
            if (verified.Any(line.Signature.SequenceEqual))
            {
                return Invalid($"the checkpoint has one signature by {Shown.Text(line.Name)} twice");
            }

            // check: checkpoint-signature
            if (!log.Key.Verifies(signedBytes, line.Signature))
            {
                return Invalid($"the checkpoint's signature by {Shown.Text(line.Name)} is not that of the log's key {log.Key.Fingerprint}");
            }

            verified.Add(line.Signature);
        }

        // check: checkpoint-signed
        if (verified.Count == 0)
        {
            return Invalid(
                $"the checkpoint has no signature by {Shown.Text(name!)} with the key hint {Convert.ToHexStringLower(hint)}; signers named there: "
                + string.Join(", ", Note.Signatures.Take(4).Select(s => Shown.Text(s.Name))));
        }

        return Finding.Pass(this, $"tree of {Size} entries, signed by {Shown.Text(name!)}");
    }

    /// <summary>The name in a Rekor v1 origin, or null where it is none.</summary>
    private string? NameInOrigin()
    {
        var dash = Origin.LastIndexOf(" - ", StringComparison.Ordinal);
        return dash > 0 && Origin.Length > dash + 3 && Origin.AsSpan(dash + 3).IndexOfAnyExceptInRange('0', '9') < 0 ? Origin[..dash] : null;
    }

    private static Finding<Checkpoint> Invalid(string detail) => Finding.Fail<Checkpoint>(DecisionReason.LogEntryInvalid, detail);
}
