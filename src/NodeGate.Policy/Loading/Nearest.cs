namespace NodeGate.Policy.Loading;

/// <summary>The known word that a wrong one was probably meant to be.</summary>
public static class Nearest
{
    private const int MaxLength = 64;

    /// <summary>The word with the fewest edits from <paramref name="word"/>, if few enough; null otherwise.</summary>
    public static string? To(string word, IEnumerable<string> known)
    {
        if (word.Length is 0 or > MaxLength)
        {
            return null;
        }

        var best = known
            .Where(k => k.Length <= MaxLength)
            .Select(k => (Word: k, Edits: Edits(word.ToLowerInvariant(), k.ToLowerInvariant())))
            .OrderBy(k => k.Edits)
            .ThenBy(k => k.Word, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Word is not null && best.Edits <= Math.Max(2, word.Length / 3) ? best.Word : null;
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Edits(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replace = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
