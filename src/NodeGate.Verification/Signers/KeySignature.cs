using System.Collections.Immutable;
using NodeGate.Verification.Steps;

namespace NodeGate.Verification.Signers;

/// <summary>
/// Step <c>signature</c>: some key of the authority made it. A signature by a stranger's key cannot be told from a damaged one, so both
/// are <see cref="Oci.DecisionReason.SignatureInvalid"/>.
/// </summary>
internal static class KeySignature
{
    private const int ShownKeys = 8;

    /// <param name="keys">The authority's keys.</param>
    /// <param name="signed">What is under the signature.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="hint">What else to say where it verifies with none of them.</param>
    public static Finding<TrustedKey> Check(ImmutableArray<TrustedKey> keys, SignedBytes signed, ReadOnlySpan<byte> signature, string hint)
    {
        foreach (var key in keys)
        {
            // check: signature
            if (!key.Key.Verifies(signed, signature))
            {
                continue;
            }

            return Finding.Pass(key, $"verifies with key {key.Key.Fingerprint} ({key.Key.Algorithm})");
        }

        return Finding.Invalid<TrustedKey>($"verifies with none of the {keys.Length} keys of the authority ({Fingerprints(keys)}){hint}");
    }

    private static string Fingerprints(ImmutableArray<TrustedKey> keys) =>
        string.Join(", ", keys.Take(ShownKeys).Select(k => k.Key.Fingerprint.ToString())) + (keys.Length > ShownKeys ? ", …" : string.Empty);
}
