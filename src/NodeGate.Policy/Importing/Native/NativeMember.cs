namespace NodeGate.Policy.Importing.Native;

/// <summary>A log or an authority of a trust root.</summary>
/// <param name="Material">Its key, or its certificates.</param>
/// <param name="Address">By which thresholds and messages tell it apart; never contacted.</param>
internal sealed record NativeMember(NativeMaterial Material, string Address);
