using System.Runtime.InteropServices;

namespace NodeGate.Host.Daemon;

/// <summary>
/// SIGTERM, SIGINT and SIGHUP, caught from before the socket is there: a signal that came between the first answered call and a later
/// registration would end the process with a stale socket and without a line in the audit log.
/// </summary>
internal sealed class DaemonSignals : IDisposable
{
    private readonly TaskCompletionSource<string> _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopAgain = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;
    private volatile Action? _hangUp;

    internal DaemonSignals()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp),
        ];
    }

    /// <summary>Completed with the name of the signal that asks for the end.</summary>
    internal Task<string> Stop => _stop.Task;

    /// <summary>Completed by the second such signal: whoever stops waits for nobody any more.</summary>
    internal Task StopAgain => _stopAgain.Task;

    /// <summary>Called for each SIGHUP from now on; before that there is nothing to read again.</summary>
    internal void OnHangUp(Action action) => _hangUp = action;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void OnStop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!_stop.TrySetResult(context.Signal.ToString()))
        {
            _stopAgain.TrySetResult();
        }
    }

    private void OnHangUp(PosixSignalContext context)
    {
        context.Cancel = true;
        _hangUp?.Invoke();
    }
}
