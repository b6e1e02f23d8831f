using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Sigstore;

/// <summary>The outermost members of a bundle (sigstore_bundle.proto, message Bundle), each still to be read.</summary>
/// <param name="MediaType">The version.</param>
/// <param name="Material">Key or certificate, log entries, timestamps.</param>
/// <param name="Message">A message signature, or null.</param>
/// <param name="Envelope">A DSSE envelope, or null. Exactly one of the two is there.</param>
internal sealed record BundleDocument(string MediaType, StrictNode Material, StrictNode? Message, StrictNode? Envelope)
{
    /// <exception cref="EvidenceFormatException">It is not a bundle.</exception>
    public static BundleDocument Read(ReadOnlySpan<byte> bundle)
    {
        var root = StrictJson.Parse(bundle);
        // check: bundle-members
        root.Only("mediaType", "verificationMaterial", "messageSignature", "dsseEnvelope");
        var message = root.Optional("messageSignature");
        var envelope = root.Optional("dsseEnvelope");
        // Two contents under one signature would be a question of who reads which (sigstore_bundle.proto: oneof content).
        // check: bundle-one-content
        if (message is null == envelope is null)
        {
            throw root.Wrong("has not exactly one of 'messageSignature' and 'dsseEnvelope'");
        }

        return new BundleDocument(root.Required("mediaType").Text(), root.Required("verificationMaterial"), message, envelope);
    }
}
