namespace NodeGate.Oci;

/// <summary>The repository part of a reference: components of <c>[a-z0-9]+</c> joined by <c>.</c>, <c>_</c>, <c>__</c> or any number of <c>-</c>.</summary>
internal static class RepositoryGrammar
{
    internal static ReferenceFault? FindFault(string text, int start, int end)
    {
        var i = start;
        while (true)
        {
            var word = i;
            while (i < end && IsLetterOrDigit(text[i]))
            {
                i++;
            }

            if (i > word && i == end)
            {
                return null;
            }

            if (i == word || !TrySkipSeparator(text, end, ref i))
            {
                return new ReferenceFault(i, Expected(i < end && char.IsAsciiLetterUpper(text[i])));
            }
        }
    }

    private static bool TrySkipSeparator(string text, int end, ref int i)
    {
        switch (text[i])
        {
            case '/' or '.':
                i++;
                return true;
            case '_':
                i += i + 1 < end && text[i + 1] == '_' ? 2 : 1;
                return true;
            case '-':
                while (i < end && text[i] == '-')
                {
                    i++;
                }

                return true;
            default:
                return false;
        }
    }

    private static bool IsLetterOrDigit(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);

    private static string Expected(bool foundUpperCase) => foundUpperCase
        ? "a repository has no upper-case letters; write it in lower case"
        : "expected a repository of lower-case letters and digits, joined by '.', '_', '__', '-' or '/'";
}
