using NodeGate.Verification.Signers;

namespace NodeGate.Verification.Logs;

/// <summary>A kind of log entry in one version (verification.md sections 1.2, 2.5 and 2.7).</summary>
/// <param name="Name">Kind and version as messages name them.</param>
/// <param name="Content">How the content that it is about came under the signature; in Rekor v2 it is any.</param>
/// <param name="LegacyOnly">Whether only a legacy signature or attestation may have it: in a bundle nobody writes it.</param>
/// <param name="IsRekorV2">Whether it is in a log that signs neither promises nor times.</param>
internal sealed record LogEntryKind(string Name, ContentKind? Content, bool LegacyOnly, bool IsRekorV2)
{
    public static LogEntryKind HashedRekord { get; } = new("hashedrekord 0.0.1", ContentKind.Message, LegacyOnly: false, IsRekorV2: false);

    public static LogEntryKind HashedRekordV2 { get; } = new("hashedrekord 0.0.2", Content: null, LegacyOnly: false, IsRekorV2: true);

    public static LogEntryKind Dsse { get; } = new("dsse 0.0.1", ContentKind.Envelope, LegacyOnly: false, IsRekorV2: false);

    public static LogEntryKind InToto { get; } = new("intoto 0.0.2", ContentKind.Envelope, LegacyOnly: false, IsRekorV2: false);

    public static LogEntryKind InTotoV1 { get; } = new("intoto 0.0.1", ContentKind.Envelope, LegacyOnly: true, IsRekorV2: false);

    public static LogEntryKind Rekord { get; } = new("rekord 0.0.1", ContentKind.Message, LegacyOnly: true, IsRekorV2: false);

    /// <summary>The known kind with this name and version, or null.</summary>
    public static LogEntryKind? Find(string kind, string version) => (kind, version) switch
    {
        ("hashedrekord", "0.0.1") => HashedRekord,
        ("hashedrekord", "0.0.2") => HashedRekordV2,
        ("dsse", "0.0.1") => Dsse,
        ("intoto", "0.0.2") => InToto,
        ("intoto", "0.0.1") => InTotoV1,
        ("rekord", "0.0.1") => Rekord,
        _ => null,
    };

    /// <summary>Whether an entry of this kind may be about the signature.</summary>
    public bool Fits(LoggedSignature signature) =>
        (Content is null || Content == signature.Content.Kind) && !(LegacyOnly && signature.LegacyLayer is null);
}
