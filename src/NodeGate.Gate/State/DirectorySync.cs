using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace NodeGate.Gate.State;

/// <summary>Makes renames and new files survive a power failure: .NET flushes files, but cannot open a directory to flush it.</summary>
internal static class DirectorySync
{
    // O_RDONLY | O_CLOEXEC, the same on every Linux architecture that .NET supports.
    private const int ReadOnly = 0x80000;

    /// <summary>Flushes the entries of <paramref name="directory"/>.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    internal static void Flush(string directory)
    {
        var descriptor = Open(Encoding.UTF8.GetBytes(directory + '\0'), ReadOnly);
        if (descriptor < 0)
        {
            throw Failure("opened", directory);
        }

        try
        {
            if (FSync(descriptor) != 0)
            {
                throw Failure("flushed", directory);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string what, string directory)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"The directory {directory} could not be {what}: {new Win32Exception(error).Message}.");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FSync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
