using NodeGate.Oci;

namespace NodeGate.Policy.Patterns;

/// <summary>One entry of a rule's <c>images</c>, normalised as references are. Made by <c>ImagePatternParser</c>.</summary>
internal sealed class ImagePattern
{
    private readonly Glob _name;
    private readonly Glob? _tag;

    public ImagePattern(string name, string? tag, Digest? digest)
    {
        _name = new Glob(name);
        _tag = tag is null ? null : new Glob(tag);
        Digest = digest;
        Text = digest is not null ? $"{name}@{digest}" : tag is not null ? $"{name}:{tag}" : name;
        Rank = digest is not null ? PatternRank.Digest
            : _tag is { IsLiteral: true } ? PatternRank.Tag
            : _name.IsLiteral ? PatternRank.Repository
            : PatternRank.Wildcard;
        var wildcard = Text.IndexOf('*', StringComparison.Ordinal);
        LiteralPrefix = wildcard < 0 ? Text : Text[..wildcard];
    }

    /// <summary>The normalised pattern; two patterns are equal when their texts are.</summary>
    public string Text { get; }

    public PatternRank Rank { get; }

    /// <summary>What stands before the first wildcard of <see cref="Text"/>; the longer one decides among patterns of one rank.</summary>
    public string LiteralPrefix { get; }

    public Digest? Digest { get; }

    public bool HasTag => _tag is not null;

    /// <summary>True when every image of every repository matches, whatever its tag or digest.</summary>
    public bool IsEverything => _tag is null && Digest is null && _name.Text is "**";

    public bool MatchesName(string name) => _name.IsMatch(name);

    public bool Matches(string name, ImageReference reference, Digest? resolved)
    {
        if (Digest is not null && Digest != reference.Digest && Digest != resolved)
        {
            return false;
        }

        return (_tag is null || (reference.Tag is not null && _tag.IsMatch(reference.Tag))) && _name.IsMatch(name);
    }

    /// <summary>True when some image matches both.</summary>
    public static bool Overlap(ImagePattern left, ImagePattern right)
    {
        if (left.Digest is not null && right.Digest is not null && left.Digest != right.Digest)
        {
            return false;
        }

        return (left._tag is null || right._tag is null || Glob.Overlap(left._tag, right._tag)) && Glob.Overlap(left._name, right._name);
    }

    /// <summary>True only when <paramref name="wide"/> matches every image that <paramref name="narrow"/> matches; see <see cref="Glob.Covers"/>.</summary>
    public static bool Covers(ImagePattern wide, ImagePattern narrow) =>
        (wide.Digest is null || wide.Digest == narrow.Digest)
        && (wide._tag is null || (narrow._tag is not null && Glob.Covers(wide._tag, narrow._tag)))
        && Glob.Covers(wide._name, narrow._name);

    public override string ToString() => Text;
}
