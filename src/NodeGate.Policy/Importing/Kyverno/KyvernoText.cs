using System.Text.RegularExpressions;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;

namespace NodeGate.Policy.Importing.Kyverno;

/// <summary>A value of Kyverno that may have wildcards, as a value or an expression.</summary>
internal static class KyvernoText
{
    public static NativeText? Read(Located text, ImportContext context)
    {
        if (text.Text.AsSpan().ContainsAny('?', '{', '}'))
        {
            context.Refuse(
                text.Position,
                Quote.Of(text.Text),
                "'?' and variables are Kyverno's own",
                "the value, with '*' for any characters, or an expression");
            return null;
        }

        return text.Text.Contains('*', StringComparison.Ordinal)
            ? new NativeText(string.Join("(?s:.*)", text.Text.Split('*').Select(Regex.Escape)), IsRegex: true)
            : new NativeText(text.Text, IsRegex: false);
    }
}
