using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Flows;

/// <summary>The keys of the flows: two that policies name, one that no policy knows.</summary>
internal sealed record FlowKeys(CosignKeyPair Release, CosignKeyPair Second, CosignKeyPair Stranger)
{
    internal static async Task<FlowKeys> MakeAsync(Cosign cosign, string folder) => new(
        await cosign.GenerateKeyPairAsync("release", folder),
        await cosign.GenerateKeyPairAsync("second", folder),
        await cosign.GenerateKeyPairAsync("stranger", folder));
}
