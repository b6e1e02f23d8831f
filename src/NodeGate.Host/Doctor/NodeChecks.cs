using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace NodeGate.Host.Doctor;

/// <summary>What can be seen of the node itself: sockets, folders, clock, the verifier's folder.</summary>
internal static class NodeChecks
{
    private const long LittleSpace = 100L * 1024 * 1024;
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(1);

    /// <summary>The kubelet's socket: there, answering, and open to root and one group at most.</summary>
    [UnsupportedOSPlatform("windows")]
    internal static DoctorCheck Socket(string listen)
    {
        const string Name = "socket";
        const string Start = "Start the daemon: systemctl start nodegate.";
        if (!File.Exists(listen))
        {
            return DoctorCheck.Failed(Name, $"there is no {listen}", Start);
        }

        var mode = File.GetUnixFileMode(listen);
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(listen));
        }
        catch (SocketException e) when (e.SocketErrorCode is not (SocketError.WouldBlock or SocketError.InProgress))
        {
            return DoctorCheck.Failed(Name, $"{listen} takes no connections: {e.Message}", Start);
        }

        const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        return (mode & Others) == UnixFileMode.None
            ? DoctorCheck.Ok(Name, $"{listen} answers, mode {Octal(mode)}")
            : DoctorCheck.Failed(
                Name, $"{listen} has mode {Octal(mode)}: whoever is on the node can start containers", "Restart the daemon: it sets 0660. Find out who changed it.");
    }

    /// <summary>A folder that the daemon writes to.</summary>
    internal static DoctorCheck Folder(string name, string folder)
    {
        try
        {
            if (!Directory.Exists(folder))
            {
                return DoctorCheck.Warning(name, $"there is no {folder}", "The daemon creates it when it starts; run it once.");
            }

            var probe = Path.Combine(folder, $".doctor-{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            var free = new DriveInfo(folder).AvailableFreeSpace;
            return free >= LittleSpace
                ? DoctorCheck.Ok(name, $"{folder} can be written, {Mebibytes(free)} free")
                : DoctorCheck.Warning(name, $"{folder} has {Mebibytes(free)} left", "Make room on its disk: what cannot be recorded is not admitted.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return DoctorCheck.Failed(name, $"{folder} cannot be written: {e.Message}", "Run this command as the daemon's user, and give that user the folder.");
        }
    }

    /// <summary>A clock before the time at which this node's own files were written was set back, and with it expiry of everything.</summary>
    internal static DoctorCheck Clock(DateTimeOffset now, IEnumerable<string> files)
    {
        const string Name = "clock";
        var newest = files.Where(File.Exists).Select(file => (File: file, Written: new DateTimeOffset(File.GetLastWriteTimeUtc(file)))).DefaultIfEmpty().MaxBy(file => file.Written);
        return newest.File is not null && newest.Written - now > ClockSlack
            ? DoctorCheck.Failed(
                Name,
                string.Create(CultureInfo.InvariantCulture, $"it is {now:u}, and {newest.File} was written at {newest.Written:u}"),
                "Set the clock (timedatectl set-ntp true): certificates, exceptions and admissions end by it.")
            : DoctorCheck.Ok(Name, string.Create(CultureInfo.InvariantCulture, $"it is {now:u}"));
    }

    /// <summary>containerd's verifier plugin: defence in depth for pulls that do not pass NodeGate's socket.</summary>
    [UnsupportedOSPlatform("windows")]
    internal static DoctorCheck VerifierPlugin(string folder)
    {
        const string Name = "verifier plugin";
        const string Install = "Install packaging/containerd/nodegate-verifier there, mode 0755 (containerd 2.1 or later): pulls by ctr and of the pause image are then judged too.";
        var file = Path.Combine(folder, "nodegate-verifier");
        return !File.Exists(file)
            ? DoctorCheck.Warning(Name, $"there is no {file}", Install)
            : (File.GetUnixFileMode(file) & UnixFileMode.UserExecute) == UnixFileMode.None
                ? DoctorCheck.Failed(Name, $"{file} cannot be executed: containerd refuses every pull", "chmod 0755 " + file)
                : DoctorCheck.Ok(Name, $"{file} is there");
    }

    private static string Octal(UnixFileMode mode) => "0" + Convert.ToString((int)mode, 8);

    private static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024 * 1024)} MiB");
}
