namespace NodeGate.Policy;

/// <summary>Something in a valid policy that is probably not meant.</summary>
/// <param name="Position">Where.</param>
/// <param name="Code">The stable name of the warning.</param>
/// <param name="Message">What it means and what to do about it.</param>
public sealed record PolicyWarning(PolicyPosition Position, PolicyWarningCode Code, string Message)
{
    /// <summary><c>file:line:column: path: Code: message</c>.</summary>
    public override string ToString() => $"{Position}: {Code}: {Message}";
}
