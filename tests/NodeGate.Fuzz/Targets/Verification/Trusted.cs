using NodeGate.Fuzz.Engine;
using NodeGate.Verification;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>What the verifier trusts, as it was minted: see <see cref="Minting.Mint"/>.</summary>
internal static class Trusted
{
    public static PublicKey Key { get; } =
        PublicKey.TryParse(Corpus.World("key.pub"), out var key, out var error) ? key : throw new InvalidOperationException(error);

    public static TrustRoot TrustRoot { get; } =
        TrustRoot.TryParse(Corpus.World("trusted_root.json"), out var root, out var error) ? root : throw new InvalidOperationException(error);

    public static KeyRequirement KeyRequirement { get; } =
        new() { Keys = [new TrustedKey(Key, ValidityPeriod.Always)], AcceptBundle = true, AcceptLegacy = true };
}
