using System.Text.RegularExpressions;

namespace NodeGate.Policy.Tests.Importing;

/// <summary>
/// How Connaisseur 3 finds the rule of an image (docs/basics.md, "Image policy", and its matching): each pattern with a '*' before and behind it,
/// '*' over everything, on the name with <c>index.docker.io</c> for Docker Hub.
/// </summary>
internal static class ConnaisseurOracle
{
    /// <summary>The index of the pattern that decides; -1 where none does.</summary>
    public static int Decide(IReadOnlyList<string> patterns, string image)
    {
        var best = -1;
        for (var i = 0; i < patterns.Count; i++)
        {
            if (IsMatch(patterns[i], image) && (best < 0 || Compare(patterns[i], patterns[best], image) >= 0))
            {
                best = i;
            }
        }

        return best;
    }

    private static bool IsMatch(string pattern, string image) =>
        Regex.IsMatch(image, @"\A.*" + Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal) + @".*\z", RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout);

    private static int Compare(string left, string right, string image)
    {
        var (ours, theirs, parts) = (left.Split('/'), right.Split('/'), image.Split('/'));
        if (ours.Length != theirs.Length)
        {
            return ours.Length.CompareTo(theirs.Length);
        }

        for (var i = 0; i < ours.Length; i++)
        {
            if (Shared(ours[i], parts[i]).CompareTo(Shared(theirs[i], parts[i])) is not 0 and var shared)
            {
                return shared;
            }
        }

        return ours.Zip(theirs, (a, b) => a.Length.CompareTo(b.Length)).FirstOrDefault(c => c != 0);
    }

    private static int Shared(string a, string b) => a.Zip(b).TakeWhile(pair => pair.First == pair.Second).Count();
}
