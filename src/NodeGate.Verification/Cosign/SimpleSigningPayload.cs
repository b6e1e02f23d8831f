using System.Collections.Immutable;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Cosign;

/// <summary>The payload of a legacy signature (cosign SIGNATURE_SPEC.md, "Simple Signing"). Read from verified bytes only.</summary>
/// <param name="Type"><c>critical.type</c>.</param>
/// <param name="ManifestDigest"><c>critical.image.docker-manifest-digest</c>.</param>
/// <param name="Reference"><c>critical.identity.docker-reference</c>.</param>
/// <param name="Annotations">The members of <c>optional</c> whose values are text.</param>
internal sealed record SimpleSigningPayload(
    string Type, string ManifestDigest, string Reference, ImmutableDictionary<string, string> Annotations)
{
    /// <summary>The one type that is a cosign signature.</summary>
    public const string CosignType = "cosign container image signature";

    /// <exception cref="EvidenceFormatException">It is not such a payload.</exception>
    public static SimpleSigningPayload Read(ReadOnlySpan<byte> verified)
    {
        var root = StrictJson.Parse(verified);
        var critical = root.Required("critical");
        var identity = critical.Required("identity");
        var image = critical.Required("image");
        // What is critical must be understood by every reader (containers/image, simple signing); names differ from Go's only in being exact.
        // check: payload-members
        root.Only("critical", "optional");
        // check: payload-critical-members
        critical.Only("identity", "image", "type");
        // check: payload-identity-members
        identity.Only("docker-reference");
        // check: payload-image-members
        image.Only("docker-manifest-digest");
        return new SimpleSigningPayload(
            critical.Required("type").Text(),
            image.Required("docker-manifest-digest").Text(),
            identity.Required("docker-reference").Text(),
            root.Optional("optional")?.Annotations() ?? ImmutableDictionary<string, string>.Empty);
    }
}
