using System.Buffers;

namespace NodeGate.Oci;

/// <summary>The tag of a reference: distribution specification, "Pulling manifests".</summary>
internal static class TagGrammar
{
    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    internal static ReferenceFault? FindFault(ReadOnlySpan<char> tag)
    {
        if (tag.Length is 0 or > OciLimits.MaxTagLength)
        {
            return new ReferenceFault(0, $"expected a tag of 1 to {OciLimits.MaxTagLength} characters after ':'");
        }

        if (tag[0] is '.' or '-')
        {
            return new ReferenceFault(0, "a tag begins with a letter, a digit or '_'");
        }

        var bad = tag.IndexOfAnyExcept(Characters);
        return bad < 0 ? null : new ReferenceFault(bad, "a tag consists of letters, digits, '_', '.' and '-'");
    }
}
