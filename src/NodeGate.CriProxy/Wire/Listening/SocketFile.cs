using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace NodeGate.CriProxy.Wire.Listening;

/// <summary>A listening unix socket and the file that names it.</summary>
public sealed partial class SocketFile
{
    /// <summary>sun_path has 108 bytes, one of them for the terminating zero (unix(7)).</summary>
    public const int MaxPathBytes = 107;

    /// <summary>0600: root alone.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>0660: root and one group.</summary>
    public const UnixFileMode OwnerAndGroup = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const int Backlog = 512;

    private readonly FileIdentity _identity;

    private SocketFile(Socket socket, string path, FileIdentity identity, bool replacedStale)
    {
        Socket = socket;
        Path = path;
        _identity = identity;
        ReplacedStale = replacedStale;
    }

    /// <summary>The listening socket.</summary>
    public Socket Socket { get; }

    /// <summary>Where it listens.</summary>
    public string Path { get; }

    /// <summary>True when the file of a process that had ended was replaced.</summary>
    public bool ReplacedStale { get; }

    /// <summary>Binds <paramref name="path"/> with <paramref name="mode"/>, owned by us and by <paramref name="group"/> (a name or a number; null: our own), and listens.</summary>
    /// <exception cref="NodeGate.Oci.NodeGateException">The path is too long, in use, not a socket, or cannot be created.</exception>
    public static SocketFile Listen(string path, string? group, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new ListenException("nodegate runs on Linux only: CRI sockets and their modes are unix ones");
        }

        CheckPath(path);
        var groupId = group is null ? -1 : FindGroup(group, path);
        CreateFolder(path);
        var replaced = RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Between bind and listen the file is there but every connect is refused: mode and group are set before anybody can come in.
            socket.Bind(new UnixPathEndPoint(new UnixDomainSocketEndPoint(path)));
            File.SetUnixFileMode(path, mode);
            if (groupId >= 0 && ChangeOwner(path, uint.MaxValue, (uint)groupId) != 0)
            {
                throw new ListenException($"cannot give {path} to group {group}: {ErrorText()}");
            }

            socket.Listen(Backlog);
            var identity = FileIdentity.TryRead(path) ?? throw new ListenException($"{path} was removed while it was being set up");
            return new SocketFile(socket, path, identity, replaced);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new ListenException($"cannot listen on {path}: {e.Message}; expected a folder that exists and that this user may write to", e);
        }
        catch (ListenException)
        {
            socket.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Stops listening and removes the file, unless it is another's by now.</summary>
    public void Remove()
    {
        Socket.Dispose();
        if (FileIdentity.TryRead(Path) == _identity)
        {
            File.Delete(Path);
        }
    }

    private static void CheckPath(string path)
    {
        var bytes = Encoding.UTF8.GetByteCount(path);
        if (bytes > MaxPathBytes)
        {
            throw new ListenException($"the socket path {path} has {bytes} bytes; unix sockets take at most {MaxPathBytes}: use a shorter one");
        }

        if (!System.IO.Path.IsPathFullyQualified(path))
        {
            throw new ListenException($"the socket path '{path}' is not absolute");
        }
    }

    /// <summary>Below /run nothing outlives a reboot. Who may connect is the socket's own mode, so the folder is open to all.</summary>
    [UnsupportedOSPlatform("windows")]
    private static void CreateFolder(string path)
    {
        var folder = System.IO.Path.GetDirectoryName(path)!;
        try
        {
            // A folder that is there keeps its mode.
            Directory.CreateDirectory(folder, FolderMode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ListenException($"cannot create the folder {folder} of the socket: {e.Message}", e);
        }
    }

    private static bool RemoveStale(string path)
    {
        if (FileIdentity.TryRead(path) is not { } found)
        {
            return false;
        }

        if (!found.IsSocket)
        {
            throw new ListenException($"{path} exists and is not a socket; remove it or choose another path");
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        probe.Blocking = false;
        var isInUse = $"{path} is in use: another process is listening on it. Stop it (a second nodegate?) or choose another path";
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress or SocketError.TryAgain)
        {
            // Its backlog is full: somebody listens.
            throw new ListenException(isInUse, e);
        }
        catch (SocketException e)
        {
            throw new ListenException($"{path} exists and cannot be probed ({e.Message}); remove it if nothing uses it", e);
        }

        throw new ListenException(isInUse);
    }

    private static int FindGroup(string group, string path)
    {
        if (int.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return id;
        }

        // struct group { char* name; char* passwd; gid_t gid; ... }: the number stands behind two pointers on every Linux ABI.
        var entry = GetGroupByName(group);
        return entry == 0
            ? throw new ListenException($"listenGroup '{group}' is not a group of this machine; {path} was not created")
            : Marshal.ReadInt32(entry, 2 * nint.Size);
    }

    private static string ErrorText() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeOwner(string path, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetGroupByName(string name);
}
