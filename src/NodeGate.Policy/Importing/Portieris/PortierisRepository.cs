using NodeGate.Policy.Importing.Native;

namespace NodeGate.Policy.Importing.Portieris;

/// <summary>An entry of <c>spec.repositories</c>: what becomes of the images of a pattern.</summary>
internal sealed record PortierisRepository(PortierisPattern Pattern, NativeAction Action)
{
    public bool IsAllowed => Action is NativeAction.Allow;
}
