namespace NodeGate.Policy.Importing.Native;

/// <summary>Which forms of a signature count.</summary>
internal sealed record NativeForm(bool Bundle, bool Legacy)
{
    public static NativeForm Any { get; } = new(Bundle: true, Legacy: true);
}
