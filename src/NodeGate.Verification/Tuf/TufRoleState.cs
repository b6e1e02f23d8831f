using System.Runtime.InteropServices;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tuf;

/// <summary>Where one role of a repository stands.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Expires">When it expires.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TufRoleState(long Version, DateTimeOffset Expires)
{
    /// <summary>Reads a file of one's own, whose signatures were verified when it was stored; null where it cannot be read.</summary>
    /// <param name="role">The top-level role.</param>
    /// <param name="content">The file.</param>
    public static TufRoleState? Read(string role, ReadOnlySpan<byte> content)
    {
        try
        {
            return TufEnvelope.Read(role + ".json", role, content).State;
        }
        catch (EvidenceFormatException)
        {
            return null;
        }
    }
}
