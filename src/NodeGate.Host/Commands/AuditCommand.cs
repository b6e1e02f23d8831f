using System.CommandLine;
using NodeGate.Audit;
using NodeGate.Host.Configuration;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Verification.Strict;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate audit query|verify</c>: what the audit log says, and whether it is what was written.</summary>
internal static class AuditCommand
{
    internal static Command Create()
    {
        var command = new Command("audit", """
            Read and verify the audit log.

            Examples:
              nodegate audit query --would-deny --since 7d
              nodegate audit verify
            """);
        command.Subcommands.Add(CreateQuery());
        command.Subcommands.Add(CreateVerify());
        return command;
    }

    private static Command CreateQuery()
    {
        var config = CommonOptions.Config();
        var output = CommonOptions.Output();
        var wouldDeny = new Option<bool>("--would-deny") { Description = "Only what a rule in audit mode would have refused: what to work through before it enforces. Grouped." };
        var decision = Words("--decision", "Only this decision.", nameof(Decision.Admitted), nameof(Decision.Denied), nameof(Decision.Undetermined));
        var @event = Words("--event", "Only this event.", "pull", "imageStatus", "createContainer", "admission", "policyReload", "start", "stop");
        var reason = Words("--reason", "Only this reason.", Enum.GetNames<DecisionReason>());
        reason.HelpName = "REASON";
        var @namespace = new Option<string?>("--namespace", "-n") { Description = "Only pods of this namespace.", HelpName = "NS" };
        var image = new Option<string?>("--image") { Description = "Only these images; a pattern as in a policy's 'images'.", HelpName = "PATTERN" };
        var rule = new Option<string?>("--rule") { Description = "Only what this rule decided.", HelpName = "RULE" };
        var since = new Option<string?>("--since") { Description = "Not before this time (2026-01-31T12:00:00Z), or this long ago (24h, 7d).", HelpName = "TIME" };
        var until = new Option<string?>("--until") { Description = "Before this time, or until this long ago.", HelpName = "TIME" };
        var group = new Option<bool>("--group") { Description = "Group by image and reason, the most frequent first." };
        var noGroup = new Option<bool>("--no-group") { Description = "Each record by itself, also with --would-deny." };
        var limit = new Option<int?>("--limit") { Description = $"Most groups, or newest records, that are shown (at most {AuditLimits.MaxRecordsShown}).", HelpName = "N" };
        var command = new Command("query", """
            List the records of the audit log and its rotated files, oldest first. Damaged lines are named and passed over.

            Exit codes: 0 fine, 1 something was found with --would-deny, 2 the log cannot be read, 64 usage or bad configuration.

            Examples:
              nodegate audit query --would-deny --since 7d
              nodegate audit query --decision Denied --namespace prod --limit 20
              nodegate audit query --image 'ghcr.io/org/**' --group --output json
            """)
        {
            config, output, wouldDeny, decision, @event, reason, @namespace, image, rule, since, until, group, noGroup, limit,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var error = result.InvocationConfiguration.Error;
            if (await Problems.LoadConfigAsync(result.GetValue(config), error) is not { } loaded)
            {
                return ExitCode.Usage;
            }

            var wrong = new List<string>();
            var query = new AuditQuery(
                loaded.Audit.Path,
                new AuditFilter
                {
                    WouldDeny = result.GetValue(wouldDeny),
                    Decision = result.GetValue(decision),
                    Event = result.GetValue(@event),
                    Reason = result.GetValue(reason),
                    Namespace = result.GetValue(@namespace),
                    Image = Selector(result.GetValue(image), wrong),
                    Rule = result.GetValue(rule),
                    Since = Time("--since", result.GetValue(since), wrong),
                    Until = Time("--until", result.GetValue(until), wrong),
                },
                !result.GetValue(noGroup) && (result.GetValue(group) || result.GetValue(wouldDeny)),
                result.GetValue(limit));
            if (query.Limit is < 1 or > AuditLimits.MaxRecordsShown)
            {
                wrong.Add($"--limit: found {query.Limit}; expected a number from 1 to {AuditLimits.MaxRecordsShown}.");
            }

            if (result.GetValue(group) && result.GetValue(noGroup))
            {
                wrong.Add("--group: found it together with --no-group; expected one of them.");
            }

            foreach (var problem in wrong)
            {
                await error.WriteLineAsync($"nodegate: {problem}");
            }

            return wrong.Count > 0
                ? ExitCode.Usage
                : await ReadingAsync(query.Path, error, () => QueryAsync(query, CommonOptions.IsJson(result, output), result, cancellationToken));
        });
        return command;
    }

    private static Command CreateVerify()
    {
        var config = CommonOptions.Config();
        var command = new Command("verify", """
            Follow the hash chain of the audit log over its rotated files, and name the first line that was changed, removed or put in.
            Records cut off at the end show only against a sequence number and hash that were written down elsewhere: they are printed.

            Exit codes: 0 every line holds, 1 one does not, 2 the log cannot be read, 64 bad configuration.

            Examples:
              nodegate audit verify
              nodegate audit verify --config /etc/nodegate/config.yaml
            """)
        {
            config,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var error = result.InvocationConfiguration.Error;
            return await Problems.LoadConfigAsync(result.GetValue(config), error) is not { } loaded
                ? ExitCode.Usage
                : await ReadingAsync(loaded.Audit.Path, error, () => VerifyAsync(loaded.Audit.Path, result.InvocationConfiguration.Output, cancellationToken));
        });
        return command;
    }

    private static async Task<int> QueryAsync(AuditQuery query, bool json, ParseResult result, CancellationToken cancellationToken)
    {
        var search = new AuditSearch(query.Filter);
        var report = new AuditReport(result.InvocationConfiguration.Output, json);
        var found = query.IsGrouped ? await GroupAsync(query, search, report, cancellationToken) : await ListAsync(query, search, report, cancellationToken);
        foreach (var damage in search.Damage)
        {
            await result.InvocationConfiguration.Error.WriteLineAsync($"nodegate: {damage.File}:{damage.Line}: {damage.Message}");
        }

        if (search.DamagedLines > search.Damage.Count)
        {
            await result.InvocationConfiguration.Error.WriteLineAsync(
                $"nodegate: and {search.DamagedLines - search.Damage.Count} more damaged lines; 'nodegate audit verify' names the first.");
        }

        return found && query.Filter.WouldDeny ? ExitCode.Denied : ExitCode.Ok;
    }

    private static async Task<bool> GroupAsync(AuditQuery query, AuditSearch search, AuditReport report, CancellationToken cancellationToken)
    {
        var grouping = new AuditGrouping();
        await foreach (var record in search.FindAsync(query.Path, cancellationToken))
        {
            grouping.Add(record);
        }

        var groups = grouping.ToList();
        await report.WriteAsync(groups, query.Limit ?? groups.Count, grouping.Ungrouped);
        return groups.Count > 0;
    }

    private static async Task<bool> ListAsync(AuditQuery query, AuditSearch search, AuditReport report, CancellationToken cancellationToken)
    {
        var found = false;
        var newest = new Queue<AuditRecord>();
        await foreach (var record in search.FindAsync(query.Path, cancellationToken))
        {
            found = true;
            newest.Enqueue(record);
            while (newest.Count > (query.Limit ?? 0))
            {
                // Without a limit nothing is held; with one, only what can still be among the newest.
                var next = newest.Dequeue();
                if (query.Limit is null)
                {
                    await report.WriteAsync(next);
                }
            }
        }

        foreach (var record in newest)
        {
            await report.WriteAsync(record);
        }

        return found;
    }

    private static async Task<int> VerifyAsync(string path, TextWriter output, CancellationToken cancellationToken)
    {
        var verification = await AuditVerifier.VerifyAsync(path, cancellationToken);
        var damage = verification.Damage;

        // The daemon may be writing the last line; nobody was answered for it yet.
        var isBeingWritten = damage is { Kind: AuditDamageKind.Torn } && damage.File == path;
        await output.WriteLineAsync(
            $"{verification.Records} records hold, {verification.FirstSeq} to {verification.LastSeq}; the hash of the last is {verification.LastHash}.");
        if (damage is null || isBeingWritten)
        {
            return ExitCode.Ok;
        }

        await output.WriteLineAsync($"{damage.Kind}: {damage.File}:{damage.Line}: {Terminal.Line(damage.Message)}");
        return ExitCode.Denied;
    }

    private static async Task<int> ReadingAsync(string path, TextWriter error, Func<Task<int>> read)
    {
        try
        {
            if (AuditReader.FilesOf(path).Count > 0)
            {
                return await read();
            }

            await error.WriteLineAsync($"nodegate: {path}: found no such file; expected the audit log (the configuration's audit.path) and the right to read it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"nodegate: {path}: found {e.Message.TrimEnd('.')}; expected an audit log that can be read.");
        }

        return ExitCode.Undetermined;
    }

    private static Option<string?> Words(string name, string description, params string[] words)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', words) };
        option.AcceptOnlyFromAmong(words);
        return option;
    }

    private static ImageSelector? Selector(string? text, List<string> wrong)
    {
        if (text is null)
        {
            return null;
        }

        if (ImageSelector.TryParse(text, out var selector, out var expected))
        {
            return selector;
        }

        wrong.Add($"--image: found '{text}'; expected {expected}.");
        return null;
    }

    private static DateTimeOffset? Time(string option, string? text, List<string> wrong)
    {
        if (text is null)
        {
            return null;
        }

        if (StrictTime.TryParse(text, out var time))
        {
            return time;
        }

        if (Quantity.TryParseDuration(text, out var ago))
        {
            return TimeProvider.System.GetUtcNow() - ago;
        }

        wrong.Add($"{option}: found '{text}'; expected a time such as 2026-01-31T12:00:00Z, or how long ago, such as 24h or 7d.");
        return null;
    }
}
