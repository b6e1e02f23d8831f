namespace NodeGate.Policy;

/// <summary>Where something stands in the policy files.</summary>
/// <param name="File">The file as the caller named it.</param>
/// <param name="Line">The line, from 1; 0 where the whole file is meant.</param>
/// <param name="Column">The column, from 1; 0 where the whole file is meant.</param>
/// <param name="Path">The path in the document, such as <c>rules[2].require.anyOf[0]</c>; empty for the document itself.</param>
public sealed record PolicyPosition(string File, int Line, int Column, string Path)
{
    /// <summary><c>file:line:column: path</c>, without the parts that are not known.</summary>
    public override string ToString() =>
        (Line == 0 ? File : $"{File}:{Line}:{Column}") + (Path.Length == 0 ? "" : ": " + Path);
}
