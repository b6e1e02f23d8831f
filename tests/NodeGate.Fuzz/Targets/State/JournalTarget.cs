using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Fuzz.Engine;
using NodeGate.Gate.State;
using NodeGate.Oci;
using NodeGate.Testing.Files;
using NodeGate.Testing.Time;

namespace NodeGate.Fuzz.Targets.State;

/// <summary>
/// The ledger's journal, as bytes and, where the input is JSON lines, with good checksums on them. Oracles: reading never throws; the good
/// beginning alone reads as the same; cutting the end off anywhere takes records from the end and damages nothing; recovery is idempotent.
/// </summary>
internal sealed class JournalTarget : IFuzzTarget
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string Name => "ledger-journal";

    public IReadOnlyList<Type> Parsers => [typeof(JournalCodec), typeof(JournalContent), typeof(Ledger)];

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            var digest = Digest.Of("x"u8);
            byte[][] lines =
            [
                JournalCodec.EncodeHeader(),
                JournalCodec.Encode(new Admission(new AdmissionKey("ghcr.io/org/app", digest, "rule", "p", "t") { Tag = "1.0" }, Now.AddMinutes(-1), ["key sha256:aa"])),
                JournalCodec.Encode(new PulledImage("ghcr.io/org/app:1.0", digest.ToString(), digest, Now.AddMinutes(-1))),
                JournalCodec.Encode(new ShownImage("ghcr.io/org/app:1.0", digest.ToString(), Now.AddMinutes(-1))),
            ];
            yield return [.. lines.SelectMany(line => line)];
            // Without their checksums: mutations of these are sealed again.
            yield return [.. lines.SelectMany(line => line[17..])];
        }
    }

    public string Check(byte[] input)
    {
        var isPlain = input is [(byte)'{', ..];
        var bytes = isPlain ? Seal(input) : input;
        var content = JournalContent.Read(bytes);
        FuzzFailure.Unless(content.GoodLength >= 0 && content.GoodLength <= bytes.Length, "the good beginning is a part of the journal");
        if (!content.IsDamaged)
        {
            var good = JournalContent.Read(bytes.AsMemory(0, (int)content.GoodLength));
            FuzzFailure.Unless(!good.IsDamaged && good.GoodLength == content.GoodLength && Same(good.Records, content.Records), "the good beginning alone reads as the same");
        }

        CheckPrefixes(bytes, content);
        CheckRecovery(bytes);
        return $"sealed {isPlain}, {Outcome.Magnitude(content.Records.Count)} records, damaged {content.IsDamaged}, torn {content.GoodLength < bytes.Length}, "
            + string.Join(',', content.Records.Select(record => record.GetType().Name).Distinct());
    }

    private static void CheckPrefixes(byte[] bytes, JournalContent content)
    {
        if (content.IsDamaged)
        {
            return;
        }

        for (var length = 0; length < content.GoodLength; length += Math.Max(1, (int)content.GoodLength / 16))
        {
            var prefix = JournalContent.Read(bytes.AsMemory(0, length));
            FuzzFailure.Unless(
                !prefix.IsDamaged && prefix.Records.Count <= content.Records.Count && Same(prefix.Records, content.Records.Take(prefix.Records.Count)),
                $"a journal cut off at {length} has the first records and no damage");
        }
    }

    private static void CheckRecovery(byte[] bytes)
    {
        using var folder = new ScratchFolder();
        File.WriteAllBytes(folder.At(Journal.FileName), bytes);
        var (first, firstAnswers) = Open(folder.Path);
        var (second, secondAnswers) = Open(folder.Path);
        FuzzFailure.UnlessEqual(firstAnswers, secondAnswers, "what was recovered once is recovered again");
        FuzzFailure.UnlessSame(first, second, "a recovered journal needs no second recovery");
    }

    private static (byte[] Journal, string Answers) Open(string folder)
    {
        using var ledger = Ledger.Open(new LedgerOptions { Folder = folder, AdmittedFor = TimeSpan.FromHours(1) }, new FakeTimeProvider(Now), NullLogger<Ledger>.Instance);
        var digest = Digest.Of("x"u8);
        var admitted = ledger.FindAdmission(new AdmissionKey("ghcr.io/org/app", digest, "rule", "p", "t") { Tag = "1.0" }) is not null;
        var present = ledger.WasPresentRecently("ghcr.io/org/app:1.0", digest.ToString());
        return (File.ReadAllBytes(Path.Combine(folder, Journal.FileName)), $"{admitted} {present}");
    }

    private static bool Same(IEnumerable<object> left, IEnumerable<object> right) => left.Select(Write).SequenceEqual(right.Select(Write), StringComparer.Ordinal);

    private static string Write(object record) => Encoding.UTF8.GetString(record switch
    {
        Admission admission => JournalCodec.Encode(admission),
        PulledImage pulled => JournalCodec.Encode(pulled),
        ShownImage shown => JournalCodec.Encode(shown),
        _ => throw new FuzzFailure($"a journal has no {record.GetType().Name}"),
    });

    private static byte[] Seal(byte[] lines)
    {
        using var sealed_ = new MemoryStream();
        foreach (var range in lines.AsSpan().Split((byte)'\n'))
        {
            var line = lines.AsSpan()[range];
            if (!line.IsEmpty)
            {
                sealed_.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(line).AsSpan(0, 8))));
                sealed_.WriteByte((byte)' ');
                sealed_.Write(line);
                sealed_.WriteByte((byte)'\n');
            }
        }

        return sealed_.ToArray();
    }
}
