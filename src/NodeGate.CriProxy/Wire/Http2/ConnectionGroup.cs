namespace NodeGate.CriProxy.Wire.Http2;

/// <summary>
/// The connections that pass frames to one another (a client's and its upstream ones) and their one lock. Everything that happens to them
/// happens under it; sending happens outside: <see cref="TakeOutput"/> as the last thing under the lock, <see cref="Send"/> after it.
/// </summary>
internal sealed class ConnectionGroup
{
    private readonly List<Http2Connection> _members = [];

    public Lock Lock { get; } = new();

    public void Add(Http2Connection connection) => _members.Add(connection);

    public void Remove(Http2Connection connection) => _members.Remove(connection);

    /// <summary>The connections that have output and no sender, linked; the caller must hand them to <see cref="Send"/>.</summary>
    public Http2Connection? TakeOutput()
    {
        Http2Connection? head = null;
        for (var i = 0; i < _members.Count; i++)
        {
            var member = _members[i];
            if (member.TryBeginSend())
            {
                member.NextToSend = head;
                head = member;
            }
        }

        return head;
    }

    /// <summary>Sends for each connection of the list; must not be called under the lock.</summary>
    public static void Send(Http2Connection? head)
    {
        while (head is not null)
        {
            var connection = head;
            head = connection.NextToSend;
            connection.NextToSend = null;
            connection.SendTaken();
        }
    }
}
