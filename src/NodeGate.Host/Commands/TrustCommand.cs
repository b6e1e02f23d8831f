using System.CommandLine;
using NodeGate.Host.Trust;
using NodeGate.Policy;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate trust show|update</c>: what the policy trusts, and how fresh it is.</summary>
internal static class TrustCommand
{
    internal static Command Create()
    {
        var command = new Command("trust", """
            Show and update the trust roots of the policy.

            Examples:
              nodegate trust show
              nodegate trust update corp
            """);
        command.Subcommands.Add(Create(
            "show",
            """
            List each trust root with its logs and authorities; of one that comes from a TUF repository also versions, expiry and last refresh.
            Contacts nothing.

            Exit codes: 0 fine, 2 a trust root cannot be used, 64 usage or bad configuration.

            Examples:
              nodegate trust show
              nodegate trust show --policy policy.yaml --output json public-good
            """,
            ShowAsync));
        command.Subcommands.Add(Create(
            "update",
            """
            Fetch the trust roots that come from TUF repositories, verify them from their pinned roots and say what changed. A running daemon
            takes up what is new within five seconds.

            Exit codes: 0 fine, 2 a repository was not reached or not accepted (what is on disk stays in use), 64 usage or bad configuration.

            Examples:
              nodegate trust update
              nodegate trust update --config /etc/nodegate/config.yaml corp
            """,
            UpdateAsync));
        return command;
    }

    private static Command Create(string name, string description, Func<Request, CancellationToken, Task<int>> run)
    {
        var config = CommonOptions.Config();
        var policy = CommonOptions.Policy();
        var output = CommonOptions.Output();
        var trustRoot = new Argument<string?>("NAME") { Description = "Only this trust root.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command(name, description) { config, policy, output, trustRoot };
        command.SetAction(async (result, cancellationToken) =>
        {
            var error = result.InvocationConfiguration.Error;
            if (await Problems.LoadConfigAsync(result.GetValue(config), error) is not { } loaded
                || await Problems.LoadPolicyAsync(loaded, result.GetValue(policy), error) is not { } model)
            {
                return ExitCode.Usage;
            }

            var only = result.GetValue(trustRoot);
            var chosen = model.TrustRoots.Where(root => only is null || root.Name == only).ToList();
            if (chosen.Count == 0 && only is not null)
            {
                var known = model.TrustRoots.Length == 0 ? "none" : string.Join(", ", model.TrustRoots.Select(root => root.Name));
                await error.WriteLineAsync($"nodegate: NAME: found '{only}'; expected a trust root of the policy: {known}.");
                return ExitCode.Usage;
            }

            return await run(
                new Request(
                    new TufTrustStore(loaded.State, TimeProvider.System), chosen, only, CommonOptions.IsJson(result, output), result.InvocationConfiguration.Output, error),
                cancellationToken);
        });
        return command;
    }

    private static async Task<int> ShowAsync(Request request, CancellationToken cancellationToken)
    {
        var report = new TrustReport(request.Store, TimeProvider.System.GetUtcNow());
        await request.Output.WriteAsync(request.Json ? report.ToJson(request.TrustRoots) : report.ToText(request.TrustRoots));
        return request.TrustRoots.Exists(root => root.TrustRoot.Problem is not null) ? ExitCode.Undetermined : ExitCode.Ok;
    }

    private static async Task<int> UpdateAsync(Request request, CancellationToken cancellationToken)
    {
        if (request is { Only: not null, TrustRoots: [{ Tuf: null } root] })
        {
            await request.Error.WriteLineAsync($"nodegate: NAME: the trust root '{root.Name}' ({root.Source}) does not come from a TUF repository; change its files instead.");
            return ExitCode.Usage;
        }

        var refreshes = new List<(TufSource Source, TrustRefresh Refresh)>();
        foreach (var source in request.TrustRoots.Select(r => r.Tuf).OfType<TufSource>())
        {
            var refresh = await request.Store.RefreshAsync(source, cancellationToken);
            refreshes.Add((source, refresh));
            if (!request.Json)
            {
                await request.Output.WriteLineAsync($"{source.Name}: {refresh.Name}: {refresh.Detail}");
            }
        }

        if (request.Json)
        {
            await request.Output.WriteAsync(TrustReport.ToJson(refreshes));
        }
        else if (refreshes.Count == 0)
        {
            await request.Output.WriteLineAsync("No trust root of the policy comes from a TUF repository.");
        }

        return refreshes.TrueForAll(entry => entry.Refresh.IsGood) ? ExitCode.Ok : ExitCode.Undetermined;
    }

    private sealed record Request(TufTrustStore Store, List<NamedTrustRoot> TrustRoots, string? Only, bool Json, TextWriter Output, TextWriter Error);
}
