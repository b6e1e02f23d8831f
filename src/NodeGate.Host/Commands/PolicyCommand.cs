using System.CommandLine;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Verification.Strict;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate policy lint|explain</c>: offline, no cluster and no registry needed.</summary>
internal static class PolicyCommand
{
    internal static Command Create()
    {
        var command = new Command("policy", """
            Check and explain policies, offline.

            Examples:
              nodegate policy lint /etc/nodegate/policy.d
              nodegate policy explain --policy /etc/nodegate/policy.d --namespace prod ghcr.io/org/app:1.4
            """);
        command.Subcommands.Add(CreateLint());
        command.Subcommands.Add(CreateExplain());
        command.Subcommands.Add(PolicyTestCommand.Create());
        command.Subcommands.Add(PolicySchemaCommand.Create());
        command.Subcommands.Add(PolicyImportCommand.Create());
        return command;
    }

    private static Command CreateLint()
    {
        var config = CommonOptions.Config();
        var path = new Argument<string?>("PATH") { Description = "Policy file or folder; without one, the configuration's.", Arity = ArgumentArity.ZeroOrOne };
        var strict = new Option<bool>("--strict") { Description = "Exit 1 on warnings as well." };
        var command = new Command("lint", """
            Load a policy as the daemon would and say what is wrong (each with file, line, path, found and expected) or suspicious.

            Exit codes: 0 fine (warnings are printed), 1 warnings with --strict, 64 the policy would not be loaded.

            Examples:
              nodegate policy lint policy.yaml
              nodegate policy lint --strict /etc/nodegate/policy.d
            """)
        {
            config, strict, path,
        };
        command.SetAction((result, _) => LintAsync(
            result.GetValue(config),
            result.GetValue(path),
            result.GetValue(strict),
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error));
        return command;
    }

    private static Command CreateExplain()
    {
        var config = CommonOptions.Config();
        var policy = CommonOptions.Policy();
        var @namespace = CommonOptions.Namespace();
        var digest = new Option<string?>("--digest") { Description = "The digest that the tag is known to resolve to: rules by digest are then considered.", HelpName = "sha256:…" };
        var image = new Argument<string>("IMAGE") { Description = "The reference, as a pod would have it." };
        var command = new Command("explain", """
            Say which rule decides for an image, and of every other rule why it does not. Contacts nothing.

            Examples:
              nodegate policy explain --policy policy.yaml nginx
              nodegate policy explain --namespace prod ghcr.io/org/app:1.4
            """)
        {
            config, policy, @namespace, digest, image,
        };
        command.SetAction((result, _) => ExplainAsync(
            result.GetValue(config),
            result.GetValue(policy),
            result.GetValue(@namespace),
            result.GetValue(digest),
            result.GetRequiredValue(image),
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error));
        return command;
    }

    private static async Task<int> LintAsync(string? configPath, string? path, bool strict, TextWriter output, TextWriter error)
    {
        if (await LoadAsync(configPath, path, error) is not { } model)
        {
            return ExitCode.Usage;
        }

        var warnings = PolicyLinter.Lint(model, TimeProvider.System.GetUtcNow());
        foreach (var warning in warnings)
        {
            await output.WriteLineAsync($"warning: {warning}");
        }

        await output.WriteLineAsync(
            $"policy {model.Name}: {model.Rules.Length} rules, {model.Authorities.Length} authorities, revision {model.Revision}, {warnings.Length} warnings");
        return strict && warnings.Length > 0 ? ExitCode.Denied : ExitCode.Ok;
    }

    private static async Task<int> ExplainAsync(
        string? configPath, string? path, string? @namespace, string? digestText, string image, TextWriter output, TextWriter error)
    {
        if (await LoadAsync(configPath, path, error) is not { } model)
        {
            return ExitCode.Usage;
        }

        if (!ImageReference.TryParse(image, out var reference, out var problem))
        {
            await error.WriteLineAsync($"nodegate: {problem}");
            return ExitCode.Usage;
        }

        Digest? digest = null;
        if (digestText is not null && !Digest.TryParse(digestText, out digest))
        {
            await error.WriteLineAsync($"nodegate: --digest: expected 'sha256:' and 64 lower-case hexadecimal characters, found '{digestText}'.");
            return ExitCode.Usage;
        }

        var explanation = PolicyExplainer.Explain(model, reference, digest, @namespace, TimeProvider.System.GetUtcNow());
        await output.WriteLineAsync($"{reference}{(@namespace is null ? "" : $" in namespace {@namespace}")}");
        await output.WriteLineAsync($"  decided by: {explanation.Match.Rule ?? "(no rule; unmatched)"}, {Describe(explanation.Match)}");
        foreach (var exception in explanation.Exceptions)
        {
            await output.WriteLineAsync($"  exception {exception.Rule} ({exception.Position}): {exception.Because}");
        }

        foreach (var rule in explanation.Rules)
        {
            await output.WriteLineAsync($"  rule {rule.Rule} ({rule.Position}{(rule.Mode == PolicyMode.Audit ? "; audit" : "")}): {rule.Because}");
        }

        return ExitCode.Ok;
    }

    private static string Describe(RuleMatch match)
    {
        var mode = match.Mode == PolicyMode.Audit ? ", mode audit" : "";
        return match.Action switch
        {
            RuleAction.Allow allow => $"allow: {allow.Reason}{mode}",
            RuleAction.Deny deny => $"deny: {deny.Reason}{mode}",
            RuleAction.Exempt { Exemption: var exemption } => $"exception until {Shown.Time(exemption.Expires)}, of {exemption.Owner}{mode}",
            RuleAction.Require require => $"require {require}{mode}",
            _ => throw new InvalidOperationException("A rule action that this version does not know."),
        };
    }

    private static async Task<PolicyModel?> LoadAsync(string? configPath, string? path, TextWriter error) =>
        await Problems.LoadConfigAsync(configPath, error) is { } config ? await Problems.LoadPolicyAsync(config, path, error) : null;
}
