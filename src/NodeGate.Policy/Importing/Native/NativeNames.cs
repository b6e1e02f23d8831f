namespace NodeGate.Policy.Importing.Native;

/// <summary>Gives names that NodeGate takes, made of the source's and each given once.</summary>
internal sealed class NativeNames
{
    // Room for a number behind it, within PolicyLimits.MaxNameLength.
    private const int MaxLength = 100;

    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    /// <summary>A name like <paramref name="wanted"/>, which may be any text.</summary>
    public string Unique(string wanted)
    {
        var cleaned = string.Concat(wanted.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')).Trim('-', '.', '_');
        var name = cleaned.Length == 0 ? "imported" : cleaned.Length > MaxLength ? cleaned[..MaxLength] : cleaned;
        var unique = name;
        for (var i = 2; !_given.Add(unique); i++)
        {
            unique = $"{name}-{i}";
        }

        return unique;
    }
}
