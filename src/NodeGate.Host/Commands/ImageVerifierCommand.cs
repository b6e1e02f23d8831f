using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using NodeGate.Host.Control;
using NodeGate.Oci;

namespace NodeGate.Host.Commands;

/// <summary>
/// <c>nodegate image-verifier</c>: the entry for containerd's image-verifier plugin (cri.md section 3.1). It starts for every pull and has ten
/// seconds, so it reads no configuration and no policy: it asks the daemon. Whatever goes wrong is a refusal.
/// </summary>
internal static class ImageVerifierCommand
{
    internal const string Name = "image-verifier";

    private const string DescriptorType = "application/vnd.oci.descriptor.v1+json";

    /// <summary>For the help alone: its options have one dash, as Go's, which <see cref="RunAsync"/> reads by hand.</summary>
    internal static Command Create() => new(Name, """
        Answer containerd's image-verifier plugin: exit 0 and a line on stdout if the image may be pulled, else 1 and the reason.

        Called by containerd through packaging/containerd/nodegate-verifier. The descriptor is read from stdin; the running daemon decides.
        Options: -name NAME -digest DIGEST -stdin-media-type TYPE, and --control PATH for the daemon's control socket.

        Examples:
          nodegate image-verifier -name ghcr.io/org/app:1.4 -digest sha256:… -stdin-media-type application/vnd.oci.descriptor.v1+json < descriptor.json
        """);

    internal static async Task<int> RunAsync(IReadOnlyList<string> args, Stream input, TextWriter output, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        if (!TryRead(args, out var options, out var problem))
        {
            return await RefuseAsync(output, problem);
        }

        try
        {
            var content = await ReadAsync(input, cancellationToken).WaitAsync(ControlLimits.VerifierTimeout, cancellationToken);
            if (FindProblem(content, options.Digest) is { } mismatch)
            {
                return await RefuseAsync(output, mismatch);
            }

            using var daemon = new ControlClient(options.Control);
            var left = ControlLimits.VerifierTimeout - Stopwatch.GetElapsedTime(started);
            var answer = await daemon.VerifyImageAsync(new VerifyImageRequest(options.Name, options.Digest), left, cancellationToken);
            await output.WriteLineAsync($"{answer.Decision}: {answer.Reason}: {Terminal.Line(answer.Message)}");
            return answer.Decision == nameof(Policy.Decision.Admitted) ? ExitCode.Ok : ExitCode.Denied;
        }
        catch (Exception e) when (e is ControlException or IOException or TimeoutException)
        {
            return await RefuseAsync(output, e.Message);
        }
    }

    private static bool TryRead(IReadOnlyList<string> args, out Options options, out string problem)
    {
        options = new Options("", "", ControlSocket.DefaultPath);
        problem = "";
        var mediaType = "";
        for (var i = 0; i < args.Count; i += 2)
        {
            var value = i + 1 < args.Count ? args[i + 1] : null;
            switch (args[i])
            {
                case "-name" when value is not null:
                    options = options with { Name = value };
                    break;
                case "-digest" when value is not null:
                    options = options with { Digest = value };
                    break;
                case "-stdin-media-type" when value is not null:
                    mediaType = value;
                    break;
                case "--control" when value is not null:
                    options = options with { Control = value };
                    break;
                default:
                    problem = $"found the argument '{args[i]}'; expected -name NAME -digest DIGEST -stdin-media-type {DescriptorType} [--control PATH].";
                    return false;
            }
        }

        problem = options.Name.Length is 0 or > ControlLimits.NameLength ? $"found a -name of {options.Name.Length} characters; expected 1 to {ControlLimits.NameLength}."
            : !Digest.TryParse(options.Digest, out _) ? $"found the -digest '{options.Digest}'; expected one such as sha256:…."
            : mediaType != DescriptorType ? $"found the -stdin-media-type '{mediaType}'; expected {DescriptorType}."
            : "";
        return problem.Length == 0;
    }

    /// <summary>The plugin says the digest twice. Judging one while containerd pulls the other would be a way around.</summary>
    private static string? FindProblem(byte[] content, string digest)
    {
        if (content.Length > ControlLimits.DescriptorBytes)
        {
            return $"the descriptor on stdin is larger than {ControlLimits.DescriptorBytes} bytes.";
        }

        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = ControlLimits.JsonDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("digest", out var found)
                && found.ValueKind == JsonValueKind.String && found.ValueEquals(digest)
                ? null
                : $"the descriptor on stdin is not that of {digest}.";
        }
        catch (JsonException e)
        {
            return $"the descriptor on stdin is not strict JSON: {e.Message}";
        }
    }

    private static async Task<byte[]> ReadAsync(Stream input, CancellationToken cancellationToken)
    {
        var buffer = new byte[ControlLimits.DescriptorBytes + 1];
        var read = await input.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer[..read];
    }

    private static async Task<int> RefuseAsync(TextWriter output, string problem)
    {
        await output.WriteLineAsync($"NodeGate could not judge the image: {Terminal.Line(problem)}");
        return ExitCode.Denied;
    }

    private sealed record Options(string Name, string Digest, string Control);
}
