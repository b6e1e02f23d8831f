using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.CriProxy;
using NodeGate.CriProxy.Inventory;
using NodeGate.Host.Configuration;
using NodeGate.Host.Control;
using NodeGate.Host.Daemon;
using NodeGate.Host.Doctor;
using NodeGate.Host.Trust;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate doctor</c>: looks at everything that must be right on a node, and says of what is not how to put it right.</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan ContainerdTimeout = TimeSpan.FromSeconds(10);

    internal static Command Create()
    {
        var config = CommonOptions.Config();
        var kubelet = new Option<string>("--kubelet-config")
        {
            Description = "The kubelet's configuration, unless a running kubelet's command line names another.",
            HelpName = "FILE",
            DefaultValueFactory = _ => "/var/lib/kubelet/config.yaml",
        };
        var verifiers = new Option<string>("--verifier-folder")
        {
            Description = "The folder of containerd's image-verifier plugin.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => "/opt/containerd/image-verifier/bin",
        };
        var output = CommonOptions.Output();
        var command = new Command("doctor", """
            Check this node: configuration, policy, sockets, containerd, kubelet, trust roots, registries, sandbox image, verifier plugin, folders, clock.

            Exit codes: 0 all as it should be, 1 warnings, 2 something failed; each with the fix.

            Examples:
              nodegate doctor
              nodegate doctor --config /etc/nodegate/config.yaml --output json
            """)
        {
            config, kubelet, verifiers, output,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var checks = await CheckAsync(
                result.GetValue(config), result.GetRequiredValue(kubelet), result.GetRequiredValue(verifiers), cancellationToken);
            var report = new DoctorReport(checks);
            await result.InvocationConfiguration.Output.WriteAsync(CommonOptions.IsJson(result, output) ? report.ToJson() : report.ToText());
            return report.ToExitCode();
        });
        return command;
    }

    private static async Task<List<DoctorCheck>> CheckAsync(string? path, string kubeletConfig, string verifierFolder, CancellationToken cancellationToken)
    {
        var checks = new List<DoctorCheck>();
        var loaded = ConfigLoader.Load(path);
        checks.AddRange(loaded.Errors.Select(error => DoctorCheck.Failed("configuration", error.ToString(), "Correct the file.")));
        if (loaded.Config is not { } config)
        {
            // Nothing below is known without it.
            return checks;
        }

        checks.Add(DoctorCheck.Ok("configuration", path ?? (File.Exists(CommonOptions.DefaultConfigPath) ? CommonOptions.DefaultConfigPath : "the built-in defaults")));
        var store = new TufTrustStore(config.State, TimeProvider.System);
        var policy = new PolicyFolder(config.Policy, store).Load();
        checks.AddRange(OfPolicy(config.Policy, policy));
        if (!OperatingSystem.IsWindows())
        {
            checks.Add(NodeChecks.Socket(config.Listen));
            checks.Add(NodeChecks.VerifierPlugin(verifierFolder));
        }

        checks.Add(await OfDaemonAsync(config, cancellationToken));
        var kubelet = KubeletSettings.Read(kubeletConfig, KubeletSettings.FindCommandLine("/proc"), out var problem);
        checks.Add(KubeletCheck.Of(kubelet, problem, kubeletConfig, config.Listen));
        checks.Add(NodeChecks.Folder("state folder", config.State));
        checks.Add(NodeChecks.Folder("audit folder", Path.GetDirectoryName(config.Audit.Path) ?? "/"));
        checks.Add(NodeChecks.Clock(TimeProvider.System.GetUtcNow(), [path ?? CommonOptions.DefaultConfigPath, config.Audit.Path, .. policy.Stamps.Keys]));
        if (policy.Model is { } model)
        {
            checks.AddRange(OfTrustRoots(model, store));
            await using var gate = LocalGate.Open(config, model, ledgerFolder: null);
            checks.AddRange(await OfContainerdAsync(config, gate.Gate, cancellationToken));
            foreach (var registry in RegistryCheck.RegistriesOf(model))
            {
                checks.Add(await RegistryCheck.OfAsync(registry, gate.Sources, cancellationToken));
            }
        }

        return checks;
    }

    private static IEnumerable<DoctorCheck> OfPolicy(string path, PolicySnapshot policy)
    {
        const string Name = "policy";
        if (policy.Model is not { } model)
        {
            return policy.Errors.Select(error => DoctorCheck.Failed(Name, error, "Correct it; a running daemon keeps the last good policy until then."));
        }

        return
        [
            DoctorCheck.Ok(Name, $"{path}: {model.Name}, {model.Rules.Length} rules, revision {model.Revision}"),
            .. PolicyLinter.Lint(model, TimeProvider.System.GetUtcNow()).Select(warning => DoctorCheck.Warning(Name, warning.ToString(), "See 'nodegate policy lint'.")),
        ];
    }

    private static async Task<DoctorCheck> OfDaemonAsync(NodeGateConfig config, CancellationToken cancellationToken)
    {
        const string Name = "daemon";
        try
        {
            using var client = new ControlClient(ControlSocket.PathFor(config.Listen));
            var status = await client.StatusAsync(cancellationToken);
            return status.Findings.Count == 0
                ? DoctorCheck.Ok(Name, $"version {status.Version}, policy revision {status.Policy.Revision}")
                : DoctorCheck.Warning(Name, string.Join("; ", status.Findings), "See 'nodegate status'.");
        }
        catch (ControlException e)
        {
            return DoctorCheck.Failed(Name, e.Message, "Start the daemon, or run this command as root with its configuration.");
        }
    }

    private static IEnumerable<DoctorCheck> OfTrustRoots(PolicyModel model, TufTrustStore store)
    {
        var now = TimeProvider.System.GetUtcNow();
        return model.TrustRoots.Select(root =>
        {
            var name = $"trust root {root.Name}";
            return root.TrustRoot.Problem is { } problem
                ? DoctorCheck.Failed(name, problem, root.Tuf is null ? "Give the policy one that can be used." : $"Run 'nodegate trust update {root.Name}'.")
                : root.Tuf is { } source && (store.State(source)?.IsStale(now) ?? true)
                    ? DoctorCheck.Warning(name, "stale: never verified whole, or expired since", $"Run 'nodegate trust update {root.Name}' and see what the mirror answers.")
                    : DoctorCheck.Ok(name, root.Source);
        });
    }

    private static async Task<IEnumerable<DoctorCheck>> OfContainerdAsync(NodeGateConfig config, Gate.IImageGate gate, CancellationToken cancellationToken)
    {
        const string Name = "containerd";
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(ContainerdTimeout);
        try
        {
            await using var inventory = new NodeInventory(config.Upstream, TimeProvider.System, NullLogger<NodeInventory>.Instance);
            var version = DoctorCheck.Ok(Name, $"{await inventory.VersionAsync(late.Token)} on {config.Upstream}");
            await using var sandboxes = new SandboxImages(config.Upstream, gate, TimeProvider.System, NullLogger<SandboxImages>.Instance);
            return [version, OfSandboxImage(await sandboxes.ExamineAsync([], cancellationToken))];
        }
        catch (NodeGateException e)
        {
            return [DoctorCheck.Failed(Name, e.Message, "Start containerd, or correct 'upstream'.")];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [DoctorCheck.Failed(Name, $"no answer on {config.Upstream} within {ContainerdTimeout.TotalSeconds:0} s", "Start containerd, or correct 'upstream'.")];
        }
    }

    private static DoctorCheck OfSandboxImage(SandboxImageReport report)
    {
        const string Name = "sandbox image";
        var verdict = SandboxImageWatch.Describe(report);
        var found = $"{verdict.Image ?? "not known"}: {verdict.Decision}: {verdict.Reason}: {verdict.Message}";
        return verdict.Decision != nameof(Decision.Admitted)
            ? DoctorCheck.Warning(Name, found, "Allow it by digest in the policy, or sign it: containerd pulls it by itself, past NodeGate.")
            : verdict.Image?.Contains("@sha256:", StringComparison.Ordinal) == true
                ? DoctorCheck.Ok(Name, found)
                : DoctorCheck.Warning(Name, found + " (named by tag)", "Name it with its digest in containerd's configuration, so that its tag cannot be moved.");
    }
}
