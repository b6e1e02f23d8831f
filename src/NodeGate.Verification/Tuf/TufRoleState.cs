using System.Runtime.InteropServices;

namespace NodeGate.Verification.Tuf;

/// <summary>Where one role of a repository stands.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Expires">When it expires.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TufRoleState(long Version, DateTimeOffset Expires);
