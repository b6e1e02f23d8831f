using System.Buffers;
using NodeGate.CriProxy.Wire;
using NodeGate.Oci;

namespace NodeGate.CriProxy.Cri;

/// <summary>
/// Which calls the socket serves (design.md section 2, step 1): the two CRI services under their two package names. Everything else that
/// containerd answers on the same socket (its own API above all) is a way around the gate and is refused as if it did not exist.
/// </summary>
internal sealed class CriRouter(
    IGatedMethod pullImage, IGatedMethod imageStatus, IGatedMethod createContainer, IGatedMethod restorePod, IGatedMethod runPodSandbox, Func<bool> judgesSandboxes)
    : ICallRouter
{
    private static readonly CallRoute Relayed = new CallRoute.Relay();

    // The identifiers of the protobuf language. What is not one cannot be a method, only a trick on somebody's path parser.
    private static readonly SearchValues<char> MethodCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private readonly CallRoute _pullImage = new CallRoute.Gate(pullImage);
    private readonly CallRoute _imageStatus = new CallRoute.Gate(imageStatus);
    private readonly CallRoute _createContainer = new CallRoute.Gate(createContainer);
    private readonly CallRoute _restorePod = new CallRoute.Gate(restorePod);
    private readonly CallRoute _runPodSandbox = new CallRoute.Gate(runPodSandbox);

    /// <inheritdoc/>
    public CallRoute Route(string path)
    {
        var isImageService = TryCut(path, CriServices.ImageV1, out var method) || TryCut(path, CriServices.ImageV1Alpha2, out method);
        if (!isImageService && !TryCut(path, CriServices.RuntimeV1, out method) && !TryCut(path, CriServices.RuntimeV1Alpha2, out method))
        {
            return Refuse(path);
        }

        if (method.IsEmpty || method.ContainsAnyExcept(MethodCharacters))
        {
            return Refuse(path);
        }

        if (isImageService)
        {
            return method switch
            {
                "PullImage" => _pullImage,
                "ImageStatus" => _imageStatus,
                _ => Relayed,
            };
        }

        return method switch
        {
            "CreateContainer" => _createContainer,
            "RestorePod" => _restorePod,
            "RunPodSandbox" when judgesSandboxes() => _runPodSandbox,
            _ => Relayed,
        };
    }

    private static bool TryCut(string path, string prefix, out ReadOnlySpan<char> method)
    {
        var matches = path.StartsWith(prefix, StringComparison.Ordinal);
        method = matches ? path.AsSpan(prefix.Length) : default;
        return matches;
    }

    // The words of grpc-go's server (server.go handleStream), so that a client cannot tell us from a containerd without that service.
    private static CallRoute.Refuse Refuse(string path)
    {
        var end = path.LastIndexOf('/');
        if (end <= 0 || path[0] != '/')
        {
            return new CallRoute.Refuse(GrpcStatusCode.Unimplemented, $"malformed method name: \"{AnswerText.Clean(path, CriLimits.MaxNameInAnswer)}\"");
        }

        var service = AnswerText.Clean(path.AsSpan(1, end - 1), CriLimits.MaxNameInAnswer);
        var isServed = path.AsSpan(0, end + 1) is CriServices.ImageV1 or CriServices.ImageV1Alpha2 or CriServices.RuntimeV1 or CriServices.RuntimeV1Alpha2;
        return new CallRoute.Refuse(
            GrpcStatusCode.Unimplemented,
            isServed
                ? $"unknown method {AnswerText.Clean(path.AsSpan(end + 1), CriLimits.MaxNameInAnswer)} for service {service}"
                : $"unknown service {service}");
    }
}
