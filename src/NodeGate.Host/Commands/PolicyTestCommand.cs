using System.CommandLine;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate policy test</c>: cases with expected decisions, judged offline.</summary>
internal static class PolicyTestCommand
{
    internal static Command Create()
    {
        var config = CommonOptions.Config();
        var policy = CommonOptions.Policy();
        var output = CommonOptions.Output();
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Files of cases, or folders with *.yaml and *.yml.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("test", """
            Judge cases as the daemon would, and compare with what they expect. Contacts nothing: what a registry said about an image comes from
            a recording (nodegate verify --record FILE IMAGE); without one, nothing is attached to the image.

            A file of cases:
              apiVersion: nodegate.dev/v1
              kind: PolicyTest
              policy: ../policy.d                 # relative to this file; without it, the configuration's
              cases:
                - name: release is admitted in prod
                  image: ghcr.io/org/app:1.4
                  namespace: prod-a
                  recording: app-1.4.json
                  expect: {decision: Admitted, reason: Verified, rule: org}
                - name: floating tags are refused
                  image: ghcr.io/org/app:latest
                  expect: {decision: Denied}
              Further keys of a case: digest (what the tag resolves to, without a recording), at (the time; default the recording's, else now).
              expect is on the merits; mode: audit says that it would be let through all the same.

            Exit codes: 0 all as expected, 1 some are not, 64 usage, bad cases, recordings or policy (all errors are listed).

            Examples:
              nodegate policy test tests/
              nodegate policy test --policy new-policy.d --output json tests/
            """)
        {
            config, policy, output, paths,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetValue(config),
            result.GetValue(policy),
            CommonOptions.IsJson(result, output),
            result.GetRequiredValue(paths),
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string? configPath, string? policy, bool json, string[] paths, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (await Problems.LoadConfigAsync(configPath, error) is not { } config)
        {
            return ExitCode.Usage;
        }

        var plan = PolicyTestPlan.Read(config, policy, paths);
        var wrong = plan.Errors.ToList();
        foreach (var problem in wrong)
        {
            await error.WriteLineAsync($"nodegate: {problem}");
        }

        if (wrong.Count > 0)
        {
            return ExitCode.Usage;
        }

        var results = new List<PolicyTestResult>();
        foreach (var test in plan.Tests)
        {
            results.Add(await test.RunAsync(cancellationToken));
        }

        await output.WriteAsync(json ? PolicyTestReport.ToJson(results) : PolicyTestReport.ToText(results));
        return results.TrueForAll(r => r.IsOk) ? ExitCode.Ok : ExitCode.Denied;
    }
}
