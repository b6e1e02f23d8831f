using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NodeGate.CriProxy.Wire.Listening;

/// <summary>Which file stands at a path: its device and inode, and whether it is a socket. Symbolic links are not followed.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly partial record struct FileIdentity(ulong Device, ulong Inode, bool IsSocket)
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint BasicStats = 0x7FF;
    private const int TypeMask = 0xF000;
    private const int SocketType = 0xC000;

    /// <summary>Null when there is no such file.</summary>
    public static FileIdentity? TryRead(string path)
    {
        // struct statx has one layout on every architecture (statx(2)), unlike struct stat; the mode is a host-order 16-bit field at 28.
        Span<byte> buffer = stackalloc byte[256];
        if (StatX(CurrentFolder, path, NoFollow, BasicStats, buffer) != 0)
        {
            return null;
        }

        var mode = MemoryMarshal.Read<ushort>(buffer[28..]);
        var inode = MemoryMarshal.Read<ulong>(buffer[32..]);
        var device = BinaryPrimitives.ReadUInt64LittleEndian(buffer[136..]);
        return new FileIdentity(device, inode, (mode & TypeMask) == SocketType);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> buffer);
}
