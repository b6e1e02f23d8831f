using NodeGate.Gate.State;
using NodeGate.Oci;

namespace NodeGate.Gate.Scheduling;

/// <summary>
/// Single flight: who asks what is being verified already waits for that. A flight belongs to all who wait for it: one who gives up does
/// not take it from the others, and with the last one it ends. Safe for concurrent use.
/// </summary>
internal sealed class VerificationFlights
{
    private readonly Lock _gate = new();
    private readonly Dictionary<AdmissionKey, Flight> _flights = [];

    /// <summary>
    /// Verifies <paramref name="key"/> once for everybody. An unknown outcome is shared only among equal credentials: what one caller may
    /// not read says nothing about another (design.md section 2, step 4).
    /// </summary>
    /// <param name="key">The question.</param>
    /// <param name="credential">The caller's credentials.</param>
    /// <param name="verify">Does the work. It bounds its own time; its token is cancelled when nobody waits any more.</param>
    /// <param name="cancellationToken">The caller gives up.</param>
    internal async Task<VerificationOutcome> RunAsync(
        AdmissionKey key,
        RegistryCredential? credential,
        Func<CancellationToken, Task<VerificationOutcome>> verify,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (flight, mine) = Board(key, credential, verify);
            try
            {
                var outcome = await flight.Task.WaitAsync(cancellationToken);
                if (mine || !outcome.IsUnknown || AreSame(flight.Credential, credential))
                {
                    return outcome;
                }
            }
            finally
            {
                Leave(flight);
            }
        }
    }

    private static bool AreSame(RegistryCredential? left, RegistryCredential? right) =>
        string.Equals(left?.Username, right?.Username, StringComparison.Ordinal)
        && string.Equals(left?.Password, right?.Password, StringComparison.Ordinal)
        && string.Equals(left?.IdentityToken, right?.IdentityToken, StringComparison.Ordinal)
        && string.Equals(left?.ServerAddress, right?.ServerAddress, StringComparison.Ordinal);

    private (Flight Flight, bool Mine) Board(
        AdmissionKey key, RegistryCredential? credential, Func<CancellationToken, Task<VerificationOutcome>> verify)
    {
        lock (_gate)
        {
            if (_flights.TryGetValue(key, out var known))
            {
                known.Passengers++;
                return (known, false);
            }

            var flight = new Flight(key, credential);
            _flights[key] = flight;
            flight.Task = Task.Run(() => FlyAsync(flight, verify), CancellationToken.None);
            return (flight, true);
        }
    }

    private async Task<VerificationOutcome> FlyAsync(Flight flight, Func<CancellationToken, Task<VerificationOutcome>> verify)
    {
        try
        {
            return await verify(flight.NobodyWaits.Token);
        }
        finally
        {
            lock (_gate)
            {
                Land(flight);
            }
        }
    }

    private void Leave(Flight flight)
    {
        var last = false;
        lock (_gate)
        {
            last = --flight.Passengers == 0;
            if (last)
            {
                // From here on nobody can board it, so it may be cancelled.
                Land(flight);
            }
        }

        if (last)
        {
            flight.NobodyWaits.Cancel();
        }
    }

    private void Land(Flight flight)
    {
        if (_flights.TryGetValue(flight.Key, out var known) && ReferenceEquals(known, flight))
        {
            _flights.Remove(flight.Key);
        }
    }

    private sealed class Flight(AdmissionKey key, RegistryCredential? credential)
    {
        internal AdmissionKey Key { get; } = key;

        internal RegistryCredential? Credential { get; } = credential;

        internal CancellationTokenSource NobodyWaits { get; } = new();

        internal int Passengers { get; set; } = 1;

        internal Task<VerificationOutcome> Task { get; set; } = null!;
    }
}
