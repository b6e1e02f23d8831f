using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using NodeGate.Oci;

namespace NodeGate.Verification.Trust;

/// <summary>The revision of a trust root that was made from parts: a hash over everything that is trusted in it.</summary>
internal static class TrustRootRevision
{
    public static Digest Of(
        ImmutableArray<TransparencyLog> transparencyLogs,
        ImmutableArray<TransparencyLog> certificateLogs,
        ImmutableArray<CertificateAuthority> certificateAuthorities,
        ImmutableArray<CertificateAuthority> timestampAuthorities)
    {
        var text = new StringBuilder();
        AddAll(text, transparencyLogs, AddLog);
        AddAll(text, certificateLogs, AddLog);
        AddAll(text, certificateAuthorities, AddAuthority);
        AddAll(text, timestampAuthorities, AddAuthority);
        return Digest.Of(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static void AddAll<T>(StringBuilder text, ImmutableArray<T> members, Action<StringBuilder, T> add)
    {
        text.Append(members.Length).Append('#');
        foreach (var member in members)
        {
            add(text, member);
        }
    }

    private static void AddLog(StringBuilder text, TransparencyLog log)
    {
        Add(text, log.BaseUrl);
        Add(text, log.Key.Fingerprint.ToString());
        Add(text, log.Operator);
        Add(text, log.ValidFor);
    }

    private static void AddAuthority(StringBuilder text, CertificateAuthority authority)
    {
        Add(text, authority.Uri);
        AddAll(text, authority.Chain, static (t, certificate) => Add(t, Digest.Of(certificate.Raw.Span).ToString()));
        Add(text, authority.ValidFor);
    }

    private static void Add(StringBuilder text, ValidityPeriod period)
    {
        Add(text, Ticks(period.Start));
        Add(text, Ticks(period.End));
    }

    // With its length, so that no two trust roots have one writing.
    private static void Add(StringBuilder text, string value) => text.Append(value.Length).Append(':').Append(value).Append('\n');

    private static string Ticks(DateTimeOffset? time) => time?.UtcTicks.ToString(CultureInfo.InvariantCulture) ?? string.Empty;
}
