using System.Globalization;
using NodeGate.Fuzz.Engine;
using NodeGate.Webhook.Serving;

namespace NodeGate.Fuzz.Targets.Webhook;

/// <summary>The API server's <c>?timeout=</c>. Oracle: what is accepted is longer than nothing and at most a day, and so is it when it is written in nanoseconds.</summary>
internal sealed class DurationTarget : IFuzzTarget
{
    public string Name => "go-duration";

    public IReadOnlyList<Type> Parsers => [typeof(GoDuration)];

    public IEnumerable<byte[]> Seeds => Text.Each("10s", "1m30s", "1.5h", "100ms", "500us", "24h0.5ns", "0s", "-1s", "1e3s", "s", "1", "99999999999999h");

    public string Check(byte[] input)
    {
        if (!GoDuration.TryParse(Text.Latin(input), out var duration))
        {
            return "refused";
        }

        FuzzFailure.Unless(duration > TimeSpan.Zero && duration <= TimeSpan.FromDays(1), "a time that is left is longer than nothing and at most a day");
        FuzzFailure.Unless(
            GoDuration.TryParse(string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks}00ns"), out var again) && again == duration, "the same in nanoseconds is the same");
        return Outcome.Magnitude((int)duration.TotalSeconds);
    }
}
