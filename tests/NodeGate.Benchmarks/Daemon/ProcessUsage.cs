using System.Globalization;

namespace NodeGate.Benchmarks.Daemon;

/// <summary>What the kernel says about a process: /proc/PID/status and stat.</summary>
/// <param name="RssKiB">VmRSS: everything resident, the executable's mapped pages too.</param>
/// <param name="AnonymousKiB">RssAnon: of that, what only this process has.</param>
/// <param name="PeakKiB">VmHWM.</param>
/// <param name="Threads">Threads.</param>
internal sealed record ProcessUsage(long RssKiB, long AnonymousKiB, long PeakKiB, long Threads)
{
    /// <summary>USER_HZ, which is 100 in the kernel's interface on every architecture that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    internal double RssMiB => RssKiB / 1024.0;

    internal double PeakMiB => PeakKiB / 1024.0;

    internal static ProcessUsage Of(int processId)
    {
        var status = File.ReadLines($"/proc/{processId}/status")
            .Select(line => line.Split(':', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return new ProcessUsage(Number("VmRSS"), Number("RssAnon"), Number("VmHWM"), Number("Threads"));

        long Number(string name) => long.Parse(status[name].AsSpan().Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>User and system time so far.</summary>
    internal static TimeSpan CpuTime(int processId)
    {
        // The name in brackets may hold blanks; utime and stime are the 14th and 15th field.
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }
}
