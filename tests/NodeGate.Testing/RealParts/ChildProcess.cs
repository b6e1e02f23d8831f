using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace NodeGate.Testing.RealParts;

/// <summary>A daemon that lives as long as a test: its output goes to files, and it never outlives the test process.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int SignalTerminate = 15;
    private const int SignalKill = 9;
    private const int ShownOutput = 6000;
    private static readonly ConcurrentDictionary<int, byte> Living = new();
    private readonly Process _process;
    private readonly string _name;
    private bool _disposed;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var id in Living.Keys)
        {
            _ = Kill(id, SignalKill);
        }
    };

    private ChildProcess(Process process, string name, string outputFile, string errorFile)
    {
        _process = process;
        Id = process.Id;
        _name = name;
        OutputFile = outputFile;
        ErrorFile = errorFile;
    }

    public int Id { get; }

    public bool HasExited => _disposed || _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string OutputFile { get; }

    public string ErrorFile { get; }

    public static ChildProcess Start(
        string name,
        string program,
        IEnumerable<string> arguments,
        string logFolder,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        var output = Path.Combine(logFolder, name + ".out");
        var error = Path.Combine(logFolder, name + ".err");

        // They exist from the first moment on, so that a probe may read them before the shell got there.
        File.AppendAllText(output, "");
        File.AppendAllText(error, "");

        // The shell only opens the files and then becomes the program: a pipe would be inherited by containerd's shims,
        // and reading it would never end.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "o=$1 e=$2; shift 2; exec \"$@\" </dev/null >>\"$o\" 2>>\"$e\"", "sh", output, error, program, .. arguments])
        {
            WorkingDirectory = logFolder,
        };
        foreach (var (variable, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[variable] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("cannot start " + program);
        Living[process.Id] = 0;
        return new ChildProcess(process, name, output, error);
    }

    /// <summary>Asks until the answer is yes; fails at once when the process ends, and with its output after the timeout.</summary>
    public async Task WaitUntilAsync(string what, Func<CancellationToken, Task<bool>> probe, TimeSpan? timeout = null)
    {
        using var deadline = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(60));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (!await probe(deadline.Token))
            {
                if (HasExited)
                {
                    throw new InvalidOperationException($"{_name} ended with {ExitCode} before: {what}\n{Output()}");
                }

                await pause.WaitForNextTickAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new TimeoutException($"{_name}: not reached in time: {what}\n{Output()}");
        }
    }

    /// <summary>SIGTERM, then waits. A daemon that does not end in time is a failure, and killed.</summary>
    public async Task StopAsync(TimeSpan? timeout = null)
    {
        if (!HasExited)
        {
            _ = Kill(Id, SignalTerminate);
            using var deadline = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(30));
            try
            {
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                await KillAsync();
                throw new TimeoutException($"{_name} did not end after SIGTERM and was killed\n{Output()}");
            }
        }

        Living.TryRemove(Id, out _);
    }

    /// <summary>SIGKILL: what a crash leaves behind.</summary>
    public async Task KillAsync()
    {
        if (!HasExited)
        {
            _ = Kill(Id, SignalKill);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        Living.TryRemove(Id, out _);
    }

    public void Signal(int number) => _ = Kill(Id, number);

    public Task<int> WaitForExitAsync() => WaitForExitAsync(TimeSpan.FromSeconds(60));

    public async Task<int> WaitForExitAsync(TimeSpan timeout)
    {
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new TimeoutException($"{_name} did not end within {timeout}\n{Output()}");
        }

        Living.TryRemove(Id, out _);
        return ExitCode;
    }

    /// <summary>The end of both outputs, for failure messages.</summary>
    public string Output() => $"--- {_name} stdout\n{Tail(OutputFile)}\n--- {_name} stderr\n{Tail(ErrorFile)}";

    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            await KillAsync();
            _disposed = true;
            _process.Dispose();
        }
    }

    internal static void KillById(int id) => _ = Kill(id, SignalKill);

    private static string Tail(string file)
    {
        var text = File.Exists(file) ? File.ReadAllText(file) : "";
        return text.Length <= ShownOutput ? text : "…" + text[^ShownOutput..];
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int id, int signal);
}
