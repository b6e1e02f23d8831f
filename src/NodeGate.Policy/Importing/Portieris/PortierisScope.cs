using System.Collections.Immutable;
using NodeGate.Policy.Patterns;

namespace NodeGate.Policy.Importing.Portieris;

/// <summary>The policies that hold together: those of a namespace, or those of the cluster (no namespace), which hold where a namespace has none.</summary>
internal sealed record PortierisScope(string? Namespace, PolicyPosition Origin, ImmutableArray<PortierisRepository> Repositories)
{
    /// <summary>The repositories that can ever decide, after it was made sure that NodeGate's precedence lets the same ones decide.</summary>
    public ImmutableArray<PortierisRepository> Decisive(ImportContext context)
    {
        var decisive = ImmutableArray.CreateBuilder<PortierisRepository>();
        foreach (var same in Repositories.GroupBy(r => r.Pattern.Native.Text, StringComparer.Ordinal))
        {
            // MaxBy gives the first of equals, as Portieris does.
            var best = same.MaxBy(r => r.Pattern.Quality)!;
            decisive.Add(best);
            foreach (var dead in same.Where(r => !ReferenceEquals(r, best)))
            {
                context.Note(dead.Pattern.Name.Position, $"'{dead.Pattern.Name.Text}' never decides, as '{best.Pattern.Name.Text}' matches the same images and comes first; it was left out");
            }
        }

        for (var i = 0; i < decisive.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (decisive[i].IsAllowed != decisive[j].IsAllowed)
                {
                    Compare(decisive[j], decisive[i], context);
                }
            }
        }

        return decisive.DrainToImmutable();
    }

    private static void Compare(PortierisRepository first, PortierisRepository second, ImportContext context)
    {
        var (one, two) = (first.Pattern.Native, second.Pattern.Native);
        if (ImagePattern.Overlap(one, two))
        {
            var native = one.Rank != two.Rank ? one.Rank.CompareTo(two.Rank) : one.LiteralPrefix.Length.CompareTo(two.LiteralPrefix.Length);
            if (native == 0 || (native > 0) != IsPreferred(first.Pattern, second.Pattern))
            {
                context.Refuse(
                    second.Pattern.Name.Position,
                    $"'{second.Pattern.Name.Text}' beside '{first.Pattern.Name.Text}'",
                    native == 0
                        ? "both can match one image, and NodeGate, which prefers the longer part before the first wildcard, could not tell which decides"
                        : $"for images of both, Portieris prefers '{(native > 0 ? second : first).Pattern.Name.Text}', with more characters that are no wildcard, "
                            + "and NodeGate the other one, which is more exact or has the longer part before its first wildcard",
                    "patterns of which the one with the longer part before the first '*' is also the longer one");
                return;
            }
        }

        // Of a reference with tag and digest NodeGate, as containerd, keeps only the digest: no tag pattern matches it.
        var (tagged, other) = one.HasTag ? (first, second) : (second, first);
        if (one.HasTag != two.HasTag && !tagged.IsAllowed && NamesOverlap(tagged.Pattern.Native, other.Pattern.Native))
        {
            context.Refuse(
                tagged.Pattern.Name.Position,
                $"'{tagged.Pattern.Name.Text}' beside '{other.Pattern.Name.Text}'",
                "NodeGate, as containerd, keeps only the digest of a reference with tag and digest, which the latter would admit",
                $"the repository without a tag, or no rule that admits it by digest");
        }
    }

    private static bool IsPreferred(PortierisPattern first, PortierisPattern second) =>
        first.IsExact || (!second.IsExact && first.Quality >= second.Quality);

    private static bool NamesOverlap(ImagePattern left, ImagePattern right) => ImagePattern.Overlap(WithoutTag(left), right);

    private static ImagePattern WithoutTag(ImagePattern pattern) => new(pattern.Text[..pattern.Text.LastIndexOf(':')], null, null);
}
