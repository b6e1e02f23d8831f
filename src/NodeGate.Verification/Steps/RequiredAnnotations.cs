using System.Collections.Immutable;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Steps;

/// <summary>Step <c>annotations</c>: the signed annotations include the required ones, with the same values.</summary>
internal static class RequiredAnnotations
{
    public static Finding<bool> Check(ImmutableDictionary<string, string> required, ImmutableDictionary<string, string> signed)
    {
        // check: annotations
        if (Missing(required, signed) is { } missing)
        {
            return Finding.Invalid<bool>(missing);
        }

        return Finding.Pass(true, required.IsEmpty ? "none required" : $"all {required.Count} required annotations are signed");
    }

    /// <summary>What is missing, the first in ordinal order so that the text is always the same; null where nothing is.</summary>
    public static string? Missing(ImmutableDictionary<string, string> required, ImmutableDictionary<string, string> signed)
    {
        foreach (var (name, value) in required.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            if (!signed.TryGetValue(name, out var actual))
            {
                return $"the annotation {Shown.Text(name)} is not among the signed ones; expected {Shown.Text(value)}";
            }

            if (!string.Equals(actual, value, StringComparison.Ordinal))
            {
                return $"the signed annotation {Shown.Text(name)} is {Shown.Text(actual)}; expected {Shown.Text(value)}";
            }
        }

        return null;
    }
}
