using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.CriProxy;
using NodeGate.CriProxy.Inventory;
using NodeGate.Host.Configuration;
using NodeGate.Host.Control;
using NodeGate.Host.Scanning;
using NodeGate.Oci;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate scan</c>: what would become of each image on the node, asked before enforcement starts or after a change of policy.</summary>
internal static class ScanCommand
{
    internal static Command Create()
    {
        var config = CommonOptions.Config();
        var namespaces = new Option<string[]>("--namespace", "-n")
        {
            Description = "Only images that containers of this namespace use. May be given repeatedly.",
            HelpName = "NS",
        };
        var fill = new Option<bool>("--fill-ledger")
        {
            Description = "Keep what was verified where no daemon runs (a running one does in any case): enforcement then starts warm, without the registry.",
        };
        var progress = new Option<bool>("--progress") { Description = "Say on stderr how far it is, also where that is no terminal." };
        var output = CommonOptions.Output();
        var command = new Command("scan", """
            Judge every image that is on the node: those that containers use for the namespaces that use them, the others by each rule that could decide.

            A running daemon does it, with its policy and its ledger; where none runs, the command does it itself.
            Exit codes: 0 all admitted (or let through in audit mode), 1 some would be denied, 2 some undetermined or interrupted, 64 usage or bad configuration.

            Examples:
              nodegate scan
              nodegate scan --config /etc/nodegate/config.yaml --fill-ledger
              nodegate scan --namespace prod-a --output json
            """)
        {
            config, namespaces, fill, progress, output,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            new Request(
                result.GetValue(config),
                new ScanRequest(result.GetValue(namespaces) ?? [], result.GetValue(fill)),
                result.GetValue(progress) || !Console.IsErrorRedirected,
                CommonOptions.IsJson(result, output)),
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

        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Interrupt(context, interrupt));
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Interrupt(context, interrupt));
        var collected = new Collected();
        try
        {
            using var daemon = new ControlClient(ControlSocket.PathFor(config.Listen));
            if (await RunsAsync(daemon, interrupt.Token))
            {
                await collected.TakeAsync(daemon.ScanAsync(request.Scan, interrupt.Token), request.Progress ? error : null);
            }
            else if (!await ScanHereAsync(config, request, collected, error, interrupt.Token))
            {
                return ExitCode.Usage;
            }
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            await error.WriteLineAsync("nodegate: interrupted; what was judged so far:");
        }
        catch (NodeGateException e)
        {
            await error.WriteLineAsync($"nodegate: {e.Message}");
            if (collected.Images == 0)
            {
                return ExitCode.Undetermined;
            }
        }

        var report = collected.ToReport();
        await output.WriteAsync(request.Json ? JsonSerializer.Serialize(report, ControlJson.Line.ScanReport) + "\n" : ScanText.Of(report));
        return report.ToExitCode();
    }

    private static async Task<bool> RunsAsync(ControlClient daemon, CancellationToken cancellationToken)
    {
        try
        {
            await daemon.StatusAsync(cancellationToken);
            return true;
        }
        catch (ControlException e) when (e.IsDaemonAway)
        {
            return false;
        }
    }

    /// <summary>Returns false after the errors of a bad policy were written.</summary>
    private static async Task<bool> ScanHereAsync(
        NodeGateConfig config, Request request, Collected collected, TextWriter error, CancellationToken cancellationToken)
    {
        if (await Problems.LoadPolicyAsync(config, null, error) is not { } model)
        {
            return false;
        }

        await using var gate = LocalGate.Open(config, model, request.Scan.FillLedger ? config.State : null);
        await using var inventory = new NodeInventory(config.Upstream, TimeProvider.System, NullLogger<NodeInventory>.Instance);
        await using var sandboxes = new SandboxImages(config.Upstream, gate.Gate, TimeProvider.System, NullLogger<SandboxImages>.Instance);
        var scanner = new NodeScanner(inventory, sandboxes, gate.Gate, NullLogger.Instance);
        await collected.TakeAsync(scanner.ScanAsync(request.Scan, cancellationToken), request.Progress ? error : null);
        return true;
    }

    private static void Interrupt(PosixSignalContext context, CancellationTokenSource interrupt)
    {
        // Ctrl-C a second time ends the process as usual.
        context.Cancel = !interrupt.IsCancellationRequested;
        interrupt.Cancel();
    }

    private sealed record Request(string? Config, ScanRequest Scan, bool Progress, bool Json);

    private sealed class Collected
    {
        private readonly List<ScanRow> _rows = [];
        private ScanStep? _last;

        internal int Images => _last?.Done ?? 0;

        internal async Task TakeAsync(IAsyncEnumerable<ScanStep> steps, TextWriter? progress)
        {
            await foreach (var step in steps)
            {
                _last = step;
                _rows.AddRange(step.Rows);
                if (progress is not null && step.Done > 0)
                {
                    await progress.WriteLineAsync($"{step.Done} of {step.Total}: {Terminal.Line(step.Image)}");
                }
            }
        }

        internal ScanReport ToReport()
        {
            ScanRow[] rows = [.. _rows.OrderBy(row => row.Image, StringComparer.Ordinal).ThenBy(row => row.Namespace, StringComparer.Ordinal)];
            return new ScanReport(_last is not null && _last.Done == _last.Total, Images, ScanCounts.Of(rows), rows);
        }
    }
}
