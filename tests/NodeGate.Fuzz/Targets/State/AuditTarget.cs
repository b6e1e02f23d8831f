using System.Text;
using NodeGate.Audit;
using NodeGate.Fuzz.Engine;
using NodeGate.Policy;
using NodeGate.Testing.Files;

namespace NodeGate.Fuzz.Targets.State;

/// <summary>
/// The audit log. Oracles: a log without damage is a run of whole lines of one that was written (nobody who mutates computes hashes); reading
/// shows every byte; the end of any file is found, and the next record can be appended there.
/// </summary>
internal sealed class AuditTarget : IFuzzTarget
{
    private static readonly string[] Written = Write();

    public string Name => "audit-log";

    public IReadOnlyList<Type> Parsers => [typeof(AuditReader), typeof(AuditVerifier), typeof(AuditChain), typeof(AuditTail), typeof(AuditRecord)];

    public IEnumerable<byte[]> Seeds => Text.Each(string.Concat(Written), string.Concat(Written.Skip(1)), Written[0]);

    public string Check(byte[] input)
    {
        using var folder = new ScratchFolder();
        var path = folder.At("audit.jsonl");
        File.WriteAllBytes(path, input);
        CheckReader(path, input);
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            var tail = AuditTail.Read(file);
            FuzzFailure.UnlessEqual(input.Length, tail.GoodLength + tail.TornBytes, "a file is its good lines and its torn end");
            FuzzFailure.Unless(tail.GoodLength == 0 || tail.GoodLength > AuditLimits.MaxLineBytes || input[tail.GoodLength - 1] == (byte)'\n', "good lines end with a line end");
        }

        var result = AuditVerifier.VerifyAsync(path, CancellationToken.None).GetAwaiter().GetResult();
        if (result.Damage is { } damage)
        {
            return $"{damage.Kind} {Outcome.Shape(damage.Message)}, {Outcome.Magnitude((int)result.Records)}";
        }

        FuzzFailure.Unless(string.Concat(Written).Contains(Encoding.UTF8.GetString(input), StringComparison.Ordinal), "a log without damage is one that was written");
        return $"whole, {result.Records} records from {result.FirstSeq}";
    }

    private static void CheckReader(string path, byte[] input)
    {
        using var read = new MemoryStream();
        foreach (var entry in AuditReader.ReadAsync(path, CancellationToken.None).ToBlockingEnumerable())
        {
            read.Write(entry.Text.Span);
            FuzzFailure.Unless(!AuditRecord.TryRead(entry.Text, out var record) || record.Line.Equals(entry.Text), "a record that is read is that line");
            if (entry.IsComplete)
            {
                read.WriteByte((byte)'\n');
            }
        }

        FuzzFailure.UnlessSame(input.AsSpan(0, (int)Math.Min(read.Length, input.Length)), read.ToArray(), "reading shows the bytes of the file");
        FuzzFailure.Unless(read.Length == input.Length || input.Length > AuditLimits.MaxLineBytes, "reading shows every byte of the file");
    }

    private static string[] Write()
    {
        var encoder = new AuditEncoder("node-1");
        var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var prev = AuditChain.Genesis;
        var lines = new List<string>();
        foreach (var (@event, image) in new[] { (DecisionEvent.Pull, "ghcr.io/org/app:1.0"), (DecisionEvent.CreateContainer, "a\u2028\"\\"), (DecisionEvent.Pull, "") })
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            prev = encoder.Append(output, new DecisionRecord { Event = @event, Image = image, Signers = ["key sha256:aa"] }, time, lines.Count + 1, prev);
            lines.Add(Encoding.UTF8.GetString(output.WrittenSpan));
        }

        return [.. lines];
    }
}
