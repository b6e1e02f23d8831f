namespace NodeGate.Policy;

/// <summary>One thing that is wrong with a policy.</summary>
/// <param name="Position">Where: file, line, column and path in the document.</param>
/// <param name="Found">What stands there.</param>
/// <param name="Expected">What was expected, with the fix.</param>
public sealed record PolicyError(PolicyPosition Position, string Found, string Expected)
{
    /// <summary><c>file:line:column: path: found …; expected …</c>.</summary>
    public override string ToString() => $"{Position}: found {Found}; expected {Expected}";
}
