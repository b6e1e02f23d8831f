using System.Collections.Immutable;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.CriProxy.Wire;
using NodeGate.Gate;
using NodeGate.Policy;

namespace NodeGate.CriProxy.Cri;

/// <summary>
/// The only way for a PullImage to containerd. It takes the permit that an admission carries, so a pull that nobody decided on does not compile.
/// </summary>
internal sealed class AdmittedPull(IImageGate gate, IUpstreamChannel containerd)
{
    private const int ImageField = 1;
    private const int ImageSpecImageField = 1;

    /// <summary>
    /// Sends <paramref name="request"/> with only <c>ImageSpec.image</c> changed, to what the permit says. Without a digest in the permit
    /// (a static allow of a tag) that is <paramref name="asked"/>, the caller's own text.
    /// </summary>
    public async Task<GrpcReply> SendAsync(GrpcRequest request, AdmittedImage permit, string asked, CancellationToken cancellationToken)
    {
        var reference = permit.Digest is null ? asked : permit.PullReference.ToString();
        var message = ProtoFieldRewriter.ReplaceString(request.Message.Span, ImageField, ImageSpecImageField, reference);

        // The rewriter and the runtime are two readers; a difference between them must end here and not in containerd.
        var read = PullImageRequest.Parser.ParseFrom(message).Image.Image;
        if (!string.Equals(read, reference, StringComparison.Ordinal))
        {
            throw new InvalidOperationException("The rewritten PullImage request does not name the admitted image.");
        }

        // containerd's image-verifier plugin asks the gate about this very pull while it runs.
        using var underWay = gate.EnterPull(permit);
        return await containerd.CallAsync(request with { Message = message, Metadata = WithoutLength(request.Metadata) }, cancellationToken);
    }

    // The only header that speaks of the message's bytes; gRPC needs none, but .NET's client sends it.
    private static ImmutableArray<MetadataEntry> WithoutLength(ImmutableArray<MetadataEntry> metadata) =>
        metadata.RemoveAll(static entry => string.Equals(entry.Name, "content-length", StringComparison.Ordinal));
}
