using System.Collections.Immutable;

namespace NodeGate.Policy.Patterns;

/// <summary>
/// Looks for a namespace that some selectors match and others do not: whether two rules can meet, and whether a rule can decide at all.
/// Exact up to <see cref="PolicyLimits.MaxSearchStates"/> states; beyond that the answer is "there may be one".
/// </summary>
internal static class NamespaceSearch
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789-";

    /// <summary>
    /// True unless there is no place in which both hold: a namespace that none of <paramref name="outside"/> matches, or none at all. Null holds everywhere.
    /// </summary>
    public static bool MayMeet(NamespaceSelector? left, NamespaceSelector? right, IReadOnlyList<NamespaceSelector> outside) =>
        (left is null && right is null) || MayExist([.. new[] { left, right }.OfType<NamespaceSelector>()], outside);

    /// <summary>True unless no namespace matches all of <paramref name="inside"/> and none of <paramref name="outside"/>.</summary>
    public static bool MayExist(IReadOnlyList<NamespaceSelector> inside, IReadOnlyList<NamespaceSelector> outside)
    {
        var selectors = inside.Concat(outside).ToArray();
        var globs = selectors.SelectMany(s => s.Include.Concat(s.Exclude)).ToArray();
        var characters = Characters(globs);
        var start = globs.Select(g => g.Start()).ToArray();
        // The start is not among the seen: a namespace is never empty, and '*' comes back to its start after every character.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<(bool[][] State, int Length)>();
        open.Enqueue((start, 0));
        while (open.TryDequeue(out var at))
        {
            if (at.Length > 0 && Accepts(at.State, selectors, inside.Count))
            {
                return true;
            }

            if (at.Length == PolicyLimits.MaxNamespaceLength)
            {
                continue;
            }

            foreach (var c in characters)
            {
                var next = Step(globs, at.State, c);
                if (seen.Add(Key(next)))
                {
                    if (seen.Count > PolicyLimits.MaxSearchStates)
                    {
                        return true;
                    }

                    open.Enqueue((next, at.Length + 1));
                }
            }
        }

        return false;
    }

    /// <summary>Every character that a pattern names, and one that stands for all the others.</summary>
    private static ImmutableArray<char> Characters(Glob[] globs)
    {
        var named = globs.SelectMany(g => g.Text).Where(c => c != '*').ToHashSet();
        var other = Alphabet.Where(c => !named.Contains(c)).Take(1);
        return [.. named.Concat(other).Order()];
    }

    private static bool[][] Step(Glob[] globs, bool[][] state, char c)
    {
        var next = new bool[globs.Length][];
        for (var i = 0; i < globs.Length; i++)
        {
            next[i] = new bool[globs[i].Positions];
            globs[i].Step(state[i], c, next[i]);
        }

        return next;
    }

    private static bool Accepts(bool[][] state, NamespaceSelector[] selectors, int inside)
    {
        var at = 0;
        for (var s = 0; s < selectors.Length; s++)
        {
            var included = selectors[s].Include.IsEmpty;
            for (var i = 0; i < selectors[s].Include.Length; i++)
            {
                included |= state[at++][^1];
            }

            for (var i = 0; i < selectors[s].Exclude.Length; i++)
            {
                included &= !state[at++][^1];
            }

            if (included != (s < inside))
            {
                return false;
            }
        }

        return true;
    }

    private static string Key(bool[][] state) => string.Concat(state.Select(p => string.Create(p.Length, p, static (span, positions) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = positions[i] ? '1' : '0';
        }
    })));
}
