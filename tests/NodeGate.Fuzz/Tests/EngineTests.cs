using System.Text;
using System.Text.Json;
using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.Mutations;

namespace NodeGate.Fuzz.Tests;

/// <summary>The engine itself: that it finds what is there to be found, the same every time.</summary>
public sealed class EngineTests
{
    private const int Budget = 20_000;

    [Fact]
    public void Run_BrokenParser_FindsAndMinimises()
    {
        var finding = new Fuzzer(new BrokenTarget(), 1).Run(iteration => iteration == Budget);

        Assert.NotNull(finding);
        Assert.IsType<FuzzFailure>(finding.Value.Failure);
        Assert.InRange(finding.Value.Input.Length, 2, 40);
    }

    [Fact]
    public void Run_SameSeed_FindsTheSame()
    {
        static byte[] Find() => new Fuzzer(new BrokenTarget(), 7).Run(iteration => iteration == Budget)!.Value.Input;

        Assert.Equal(Find(), Find());
    }

    [Fact]
    public void Mutate_Json_ReachesInsideBase64()
    {
        byte[] input = [.. "{\"a\":\""u8, .. Encoding.ASCII.GetBytes(Convert.ToBase64String("""{"inner":1}"""u8)), .. "\"}"u8];
        var random = new Random(3);

        Assert.Contains(Enumerable.Range(0, 2000).Select(_ => Mutator.Mutate(input, [input], random)), changed => IsInnerJson(changed));
    }

    [Fact]
    public void TryApply_Der_KeepsTheLengthsAround()
    {
        byte[] input = [0x30, 0x07, 0x30, 0x05, 0x02, 0x03, 0x01, 0x02, 0x03];
        var random = new Random(5);

        Assert.Contains(
            Enumerable.Range(0, 500).Select(_ => DerMutation.TryApply(input, random)!),
            changed => changed.Length != input.Length && changed[1] == changed.Length - 2 && changed[3] == changed.Length - 4);
    }

    [Fact]
    public void Corpus_All_IsSmall() => Assert.InRange(
        Directory.EnumerateFiles(Corpus.Root, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), 1, 1024 * 1024);

    [Fact]
    public void Corpus_Folders_BelongToTargets() =>
        Assert.Empty(Directory.GetDirectories(Corpus.Root).Select(Path.GetFileName).Except([.. FuzzTargets.All.Select(target => target.Name), "world"]));

    private static bool IsInnerJson(byte[] changed)
    {
        try
        {
            var inner = JsonDocument.Parse(changed).RootElement.GetProperty("a").GetBytesFromBase64();
            return JsonDocument.Parse(inner).RootElement.GetProperty("inner").ValueKind != JsonValueKind.Number;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return false;
        }
    }

    // Nested, so that FuzzTargets does not find it.
    private sealed class BrokenTarget : IFuzzTarget
    {
        public string Name => "broken";

        public IReadOnlyList<Type> Parsers => [];

        public IEnumerable<byte[]> Seeds => ["""{"name":"value","list":[1,2,3],"more":"text that is in the way"}"""u8.ToArray()];

        public string Check(byte[] input)
        {
            FuzzFailure.Unless(!input.AsSpan().StartsWith("{"u8) || input.AsSpan().IndexOf("[null"u8) < 0, "no list begins with null");
            return input.Length > 10 ? "long" : "short";
        }
    }
}
