namespace NodeGate.Policy.Loading;

/// <summary>Shows a text from a policy file in an error.</summary>
public static class Quote
{
    private const int ShownCharacters = 80;

    /// <summary>In quotes, shortened, and without characters that would forge lines in a terminal. Key material is not shown.</summary>
    public static string Of(string text)
    {
        if (text.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            return "a PEM block";
        }

        var shown = text.Length <= ShownCharacters ? text : text[..ShownCharacters] + "…";
        return "'" + string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)) + "'";
    }
}
