using System.Globalization;
using System.Text;
using System.Text.Json;
using NodeGate.Host.Trust;
using NodeGate.Policy;
using NodeGate.Verification;
using NodeGate.Verification.Strict;

namespace NodeGate.Host.Commands;

/// <summary>What <c>nodegate trust</c> prints.</summary>
internal sealed class TrustReport(TufTrustStore store, DateTimeOffset now)
{
    internal string ToText(IReadOnlyCollection<NamedTrustRoot> trustRoots)
    {
        var text = new StringBuilder();
        foreach (var root in trustRoots)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{root.Name}  ({root.Source})");
            foreach (var (kind, address, validFor) in Members(root.TrustRoot))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  {kind}: {address}, {validFor}{(validFor.Contains(now) ? "" : " (not now)")}");
            }

            foreach (var line in Notes(root))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  {line}");
            }
        }

        return trustRoots.Count == 0 ? "The policy has no trust roots.\n" : text.ToString();
    }

    internal string ToJson(IEnumerable<NamedTrustRoot> trustRoots) => Write(trustRoots, (writer, root) =>
    {
        writer.WriteString("name", root.Name);
        writer.WriteString("source", root.Source);
        writer.WriteString("problem", root.TrustRoot.Problem);
        writer.WriteStartArray("members");
        foreach (var (kind, address, validFor) in Members(root.TrustRoot))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", kind);
            writer.WriteString("address", address);
            WriteTime(writer, "start", validFor.Start);
            WriteTime(writer, "end", validFor.End);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("warnings");
        foreach (var warning in root.TrustRoot.Warnings)
        {
            writer.WriteStringValue(warning);
        }

        writer.WriteEndArray();
        if (root.Tuf is { } source)
        {
            WriteTuf(writer, store.State(source));
        }
    });

    internal static string ToJson(IEnumerable<(TufSource Source, TrustRefresh Refresh)> refreshes) => Write(refreshes, (writer, entry) =>
    {
        writer.WriteString("name", entry.Source.Name);
        writer.WriteString("outcome", entry.Refresh.Outcome.ToString());
        writer.WriteString("reason", entry.Refresh.Refusal?.ToString());
        writer.WriteString("detail", entry.Refresh.Detail);
    });

    private IEnumerable<string> Notes(NamedTrustRoot root)
    {
        if (root.Tuf is { } source && store.State(source) is { } state)
        {
            yield return "TUF: " + string.Join(", ", state.Roles.Select(role => $"{role.Key} {role.Value.Version} until {Shown.Time(role.Value.Expires)}"));
            yield return $"last refresh: {(state.Refreshed is { } refreshed ? Shown.Time(refreshed) : "never")}";
            if (state.IsStale(now))
            {
                yield return $"stale: never verified whole, or expired since; run 'nodegate trust update {root.Name}' and see what the mirror answers";
            }
        }

        foreach (var warning in root.TrustRoot.Warnings)
        {
            yield return $"warning: {warning}";
        }

        if (root.TrustRoot.Problem is { } problem)
        {
            yield return $"problem: {problem}";
        }
    }

    private static IEnumerable<(string Kind, string Address, ValidityPeriod ValidFor)> Members(TrustRoot root) =>
    [
        .. root.TransparencyLogs.Select(log => ("transparency log", log.BaseUrl, log.ValidFor)),
        .. root.CertificateLogs.Select(log => ("certificate log", log.BaseUrl, log.ValidFor)),
        .. root.CertificateAuthorities.Select(authority => ("certificate authority", authority.Uri, authority.ValidFor)),
        .. root.TimestampAuthorities.Select(authority => ("timestamp authority", authority.Uri, authority.ValidFor)),
    ];

    private void WriteTuf(Utf8JsonWriter writer, TufTrustState? state)
    {
        writer.WriteStartObject("tuf");
        foreach (var (role, at) in state?.Roles ?? [])
        {
            writer.WriteStartObject(role);
            writer.WriteNumber("version", at.Version);
            WriteTime(writer, "expires", at.Expires);
            writer.WriteEndObject();
        }

        WriteTime(writer, "refreshed", state?.Refreshed);
        writer.WriteBoolean("stale", state?.IsStale(now) ?? true);
        writer.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time) =>
        writer.WriteString(name, time is { } known ? Shown.Time(known) : null);

    private static string Write<T>(IEnumerable<T> entries, Action<Utf8JsonWriter, T> write) => JsonText.Write(
        writer =>
        {
            writer.WriteStartArray();
            foreach (var entry in entries)
            {
                writer.WriteStartObject();
                write(writer, entry);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        },
        indented: true) + "\n";
}
