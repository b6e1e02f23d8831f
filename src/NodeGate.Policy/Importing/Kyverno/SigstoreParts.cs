using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;

namespace NodeGate.Policy.Importing.Kyverno;

/// <summary>
/// Which Sigstore an attestor trusts. Kyverno takes each part that is not named from the public-good instance; a trust root here is one
/// instance, so that a mixture of two is refused.
/// </summary>
internal sealed record SigstoreParts
{
    private const string ByHand = "a trust root 'sigstore: {…}' by hand, with all parts of your Sigstore";

    public Located? Roots { get; init; }

    public Located? RekorKey { get; init; }

    public Located? CtLogKey { get; init; }

    public bool IgnoresLog { get; init; }

    public bool IgnoresSct { get; init; }

    /// <summary>The log that a key's signatures must be in; null for none.</summary>
    public string? LogOfKey(string name, PolicyPosition position, NativeBook book) => IgnoresLog ? null
        : RekorKey is { } key ? book.TrustRoot("log-of-" + name, position, [NativeMaterial.OfPem(key.Text)])
        : NativeBook.PublicGood;

    /// <summary>The trust root of keyless signers; null where it was refused.</summary>
    public string? OfKeyless(string name, PolicyPosition position, NativeBook book, ImportContext context)
    {
        if (IgnoresLog)
        {
            context.Refuse(position, "keyless without a log", "Kyverno then judges a certificate of ten minutes at the time of the pod", "no 'ignoreTlog'");
            return null;
        }

        if (Roots is null && RekorKey is null && CtLogKey is null && !IgnoresSct)
        {
            return NativeBook.PublicGood;
        }

        if (Roots is not null && RekorKey is not null && (IgnoresSct || CtLogKey is not null))
        {
            return book.TrustRoot(
                "sigstore-of-" + name,
                position,
                [NativeMaterial.OfPem(RekorKey.Text)],
                NativeMaterial.OfPem(Roots.Text),
                IgnoresSct ? null : NativeMaterial.OfPem(CtLogKey!.Text));
        }

        context.Refuse(
            position,
            "a Sigstore of which some parts are named and others are the public-good instance's",
            "a trust root here is one instance",
            ByHand);
        return null;
    }
}
