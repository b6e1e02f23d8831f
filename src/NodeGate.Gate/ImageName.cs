using NodeGate.Oci;

namespace NodeGate.Gate;

/// <summary>A name of an image on the node.</summary>
/// <param name="Name">The name as the runtime has it; also the image's own ID, which containerd keeps as a name.</param>
/// <param name="Target">
/// The digest that the runtime's own record of the name points at now; null where that is not known, which nobody trusts. The name itself
/// proves nothing: whoever can write the runtime's store gives <c>repository@digest</c> to any image.
/// </param>
public sealed record ImageName(string Name, Digest? Target);
