namespace NodeGate.EndToEnd.Import;

/// <summary>A line of NAME.images: <c>admits|audits|refuses REPOSITORY:TAG [NAMESPACE]</c>; the registry is the world's.</summary>
public sealed record ImportVerdict(string Word, string Image, string? Namespace)
{
    /// <summary>The exit code and the decision of <c>nodegate verify</c>.</summary>
    public (int ExitCode, string Decision) Expected => Word switch
    {
        "admits" => (0, "Admitted"),
        "audits" => (0, "Denied"),
        "refuses" => (1, "Denied"),
        _ => throw new FormatException($"'{Word}': expected admits, audits or refuses"),
    };

    public static ImportVerdict Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length is 2 or 3 ? new ImportVerdict(words[0], words[1], words.Length == 3 ? words[2] : null) : throw new FormatException(line);
    }
}
