using System.Diagnostics.CodeAnalysis;
using NodeGate.Oci;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy;

/// <summary>A pattern as a rule's <c>images</c> has it, to choose images where nothing is decided: records of a log, say.</summary>
public sealed class ImageSelector
{
    private readonly ImagePattern _pattern;

    private ImageSelector(ImagePattern pattern) => _pattern = pattern;

    /// <summary>Reads <paramref name="text"/>; on failure <paramref name="expected"/> says what a pattern is like.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ImageSelector? selector, [NotNullWhen(false)] out string? expected)
    {
        ArgumentNullException.ThrowIfNull(text);
        selector = ImagePatternParser.TryParse(text, out var pattern, out expected) ? new ImageSelector(pattern) : null;
        return selector is not null;
    }

    /// <summary>Whether an image as somebody wrote it, known to have <paramref name="digest"/> or not, is one of these; what is no reference is not.</summary>
    public bool Matches(string image, string? digest) =>
        ImageReference.TryParse(image, out var reference, out _)
        && _pattern.Matches(reference.PolicyName, reference, Digest.TryParse(digest, out var known) ? known : null);
}
