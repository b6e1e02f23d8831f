namespace NodeGate.Policy.Loading.Attestations;

/// <summary>How long ago: a whole number from 1 and a unit.</summary>
internal static class ConditionDuration
{
    // A hundred years: beyond, a subtraction could leave what a DateTimeOffset can hold, and nobody means it.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_525);

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length == 0 || !WholeNumber.TryParse(text.AsSpan(0, text.Length - 1), out var count) || count < 1)
        {
            return false;
        }

        var unit = text[^1] switch
        {
            'd' => TimeSpan.FromDays(1),
            'h' => TimeSpan.FromHours(1),
            'm' => TimeSpan.FromMinutes(1),
            's' => TimeSpan.FromSeconds(1),
            _ => TimeSpan.Zero,
        };
        if (unit == TimeSpan.Zero || count > Longest / unit)
        {
            return false;
        }

        duration = unit * count;
        return true;
    }
}
