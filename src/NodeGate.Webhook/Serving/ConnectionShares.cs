using System.Net;
using Microsoft.AspNetCore.Connections;

namespace NodeGate.Webhook.Serving;

/// <summary>
/// What one address may have of all connections. Attack: any pod of the cluster opens as many as there are and sends nothing; then no API server gets
/// through, and no pod is made.
/// </summary>
internal sealed class ConnectionShares(int mostOfOne)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _open = [];

    /// <summary>Serves <paramref name="connection"/> by <paramref name="next"/>, or drops it.</summary>
    internal async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (!Enter(address))
        {
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(address);
        }
    }

    private bool Enter(IPAddress address)
    {
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(address);
            if (open == mostOfOne)
            {
                return false;
            }

            _open[address] = open + 1;
            return true;
        }
    }

    private void Leave(IPAddress address)
    {
        lock (_lock)
        {
            if (--_open[address] == 0)
            {
                _open.Remove(address);
            }
        }
    }
}
