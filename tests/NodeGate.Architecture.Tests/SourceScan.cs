using System.Text.RegularExpressions;

namespace NodeGate.Architecture.Tests;

/// <summary>What can be told of a source file without compiling it.</summary>
internal static partial class SourceScan
{
    /// <summary>The source with every text and character emptied: what is written in a text is not done.</summary>
    internal static string CodeOf(string source) =>
        TextOrComment().Replace(source, match => match.ValueSpan.StartsWith("//", StringComparison.Ordinal) ? match.Value : "\"\"");

    /// <summary>How many types the file declares beside each other. Namespaces are file-scoped, so those stand at the beginning of a line.</summary>
    internal static int CountTopLevelTypes(string source) => TopLevelType().Matches(source).Count;

    /// <summary>A catch whose block does nothing; a comment in it does nothing either.</summary>
    internal static bool HasEmptyCatch(string source) => EmptyCatch().IsMatch(source);

    /// <summary>A catch of everything, cancellation included, without a filter that says what is meant.</summary>
    internal static bool CatchesEverything(string source) => CatchAll().IsMatch(source);

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|sealed|abstract|static|readonly|ref|partial|unsafe)\s+)*(?:(?:class|struct|interface|enum|record)\s+\w|delegate\s+\S)",
        RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex TopLevelType();

    [GeneratedRegex(
        @"\bcatch\s*(?:\([^)]*\))?\s*(?:when\s*\([^{]*\)\s*)?(?://[^\n]*\n\s*)*\{(?:\s|//[^\n]*\n|/\*[^*]*\*/)*\}",
        RegexOptions.NonBacktracking)]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"\bcatch\s*(?:\{|\(\s*(?:System\.)?Exception\s*\w*\s*\)\s*(?://[^\n]*\s*)*\{)", RegexOptions.NonBacktracking)]
    private static partial Regex CatchAll();

    [GeneratedRegex("""
        "{3}[\s\S]*?"{3}|@"(?:""|[^"])*"|"(?:\\.|[^"\\\n])*"|'(?:\\.[^'\n]*|[^'\\\n])'|//[^\n]*
        """)]
    private static partial Regex TextOrComment();
}
