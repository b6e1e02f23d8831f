using System.Runtime.InteropServices;
using System.Text;

namespace NodeGate.Host.Daemon;

/// <summary>
/// How a file looks from outside, links followed. A file that is not there has a stamp as well, so that its coming is a change. Length and
/// time of modification alone would not do: all P-256 keys are equally long in PEM, and packages, images and <c>cp -p</c> set times, so that
/// a revoked key could stay in force. The inode, and the time of change that nobody can set, tell.
/// </summary>
/// <param name="Device">The device.</param>
/// <param name="Inode">The inode.</param>
/// <param name="Length">The length in bytes.</param>
/// <param name="Modified">The time of modification, in nanoseconds.</param>
/// <param name="Changed">The time of the last change of content, mode or owner, in nanoseconds.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FileStamp(ulong Device, ulong Inode, ulong Length, long Modified, long Changed)
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint BasicStats = 0x7FF;

    internal static FileStamp Of(string path)
    {
        // struct statx has one layout on every architecture (statx(2)).
        var stat = new byte[256];
        if (StatX(CurrentFolder, Encoding.UTF8.GetBytes(path + '\0'), 0, BasicStats, stat) != 0)
        {
            // Not there, or not to be seen: when that ends, it is a change.
            return default;
        }

        return new FileStamp(
            MemoryMarshal.Read<ulong>(stat.AsSpan(0x88)),
            MemoryMarshal.Read<ulong>(stat.AsSpan(0x20)),
            MemoryMarshal.Read<ulong>(stat.AsSpan(0x28)),
            TimeAt(stat, 0x70),
            TimeAt(stat, 0x60));
    }

    private static long TimeAt(byte[] stat, int offset) =>
        unchecked((MemoryMarshal.Read<long>(stat.AsSpan(offset)) * 1_000_000_000) + MemoryMarshal.Read<uint>(stat.AsSpan(offset + 8)));

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(int folder, byte[] path, int flags, uint mask, byte[] stat);
}
