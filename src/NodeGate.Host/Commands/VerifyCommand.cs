using System.CommandLine;
using System.Diagnostics;
using NodeGate.Gate;
using NodeGate.Gate.Recording;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate verify</c>: the daemon's question, asked once from the shell. Writes neither ledger nor audit log.</summary>
internal static class VerifyCommand
{
    internal static Command Create()
    {
        var config = CommonOptions.Config();
        var policy = CommonOptions.Policy();
        var @namespace = CommonOptions.Namespace();
        var output = CommonOptions.Output();
        var plainHttp = new Option<bool>("--plain-http") { Description = "Speak http to the image's registry (loopback registries are spoken to over http anyway)." };
        var record = new Option<string?>("--record")
        {
            Description = "Write what the registry said to this file, whatever the decision, for 'nodegate policy test'. No credentials get into it.",
            HelpName = "FILE",
        };
        var image = new Argument<string>("IMAGE") { Description = "The reference, as a pod would have it." };
        var command = new Command("verify", """
            Decide on one image as the daemon would, without a cache, and say why.

            Credentials come from the docker config.json ($DOCKER_CONFIG or ~/.docker).
            Exit codes: 0 admitted (or let through in audit mode), 1 denied, 2 undetermined, 64 usage or bad configuration.

            Examples:
              nodegate verify --policy policy.yaml ghcr.io/org/app:1.4
              nodegate verify --config /etc/nodegate/config.yaml --namespace prod --output json ghcr.io/org/app@sha256:…
              nodegate verify --policy policy.yaml --record app-1.4.json ghcr.io/org/app:1.4
            """)
        {
            config, policy, @namespace, output, plainHttp, record, image,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            new Request(
                result.GetValue(config),
                result.GetValue(policy),
                result.GetValue(@namespace),
                CommonOptions.IsJson(result, output),
                result.GetValue(plainHttp),
                result.GetValue(record),
                result.GetRequiredValue(image)),
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Request request, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (await Problems.LoadConfigAsync(request.Config, error) is not { } config)
        {
            return ExitCode.Usage;
        }

        if (await Problems.LoadPolicyAsync(config, request.Policy, error) is not { } model)
        {
            return ExitCode.Usage;
        }

        if (!ImageReference.TryParse(request.Image, out var reference, out var problem))
        {
            await error.WriteLineAsync($"nodegate: {problem}");
            return ExitCode.Usage;
        }

        var recording = request.Record is null ? null : new ContentRecordingBuilder();
        await using var local = LocalGate.Open(config, model, ledgerFolder: null, request.PlainHttp ? reference.Registry : null, recording);
        var started = Stopwatch.GetTimestamp();
        var decision = await local.Gate.DecideAsync(new GateRequest { Image = request.Image, Namespace = request.Namespace }, cancellationToken);
        var duration = Stopwatch.GetElapsedTime(started);
        await output.WriteAsync(request.Json ? VerifyReport.ToJson(decision, duration) + "\n" : VerifyReport.ToText(decision));
        if (recording is not null && !await RecordAsync(request.Record!, recording, reference, error))
        {
            return ExitCode.Undetermined;
        }

        return decision switch
        {
            Decision.Admitted => ExitCode.Ok,
            Decision.Denied => ExitCode.Denied,
            _ => ExitCode.Undetermined,
        };
    }

    private static async Task<bool> RecordAsync(string path, ContentRecordingBuilder recording, ImageReference reference, TextWriter error)
    {
        if (recording.IsTruncated)
        {
            await error.WriteLineAsync(
                $"nodegate: --record: the registry said more than a recording holds ({GateLimits.MaxRecordedContentBytes} bytes of content); {path} has a part of it.");
        }

        try
        {
            // Not cancellable: a file that was begun is finished.
            await File.WriteAllBytesAsync(path, RecordingCodec.Encode(recording.Build(reference, TimeProvider.System.GetUtcNow())), CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"nodegate: --record: found {e.Message.TrimEnd('.')}; expected a file that can be written.");
            return false;
        }
    }

    private sealed record Request(string? Config, string? Policy, string? Namespace, bool Json, bool PlainHttp, string? Record, string Image);
}
