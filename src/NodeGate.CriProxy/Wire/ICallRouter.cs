namespace NodeGate.CriProxy.Wire;

/// <summary>Decides from a call's path what happens to it. Called once for each call, on the hot path: no I/O, no allocation for a relayed path.</summary>
internal interface ICallRouter
{
    /// <summary>The route for <paramref name="path"/> (<c>/package.Service/Method</c>, compared byte for byte).</summary>
    CallRoute Route(string path);
}
