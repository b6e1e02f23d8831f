using System.Collections.Immutable;

namespace NodeGate.Policy.Loading.Trust;

/// <summary>Reads <c>trustRoot</c> and how many logs and timestamps are asked for: of a <c>keyless</c>, or of a <c>transparencyLog</c>.</summary>
internal static class TrustReader
{
    private const string Name = "the name of a trust root: one of 'trustRoots', or 'public-good'";

    /// <summary>The keys that <see cref="ReadKeyless"/> reads.</summary>
    public static ImmutableArray<string> KeylessKeys { get; } = ["trustRoot", "requireLog", "logThreshold", "requireTimestamp", "timestampThreshold"];

    /// <summary>The keys that <see cref="ReadLog"/> reads.</summary>
    public static ImmutableArray<string> LogKeys { get; } = ["trustRoot", "threshold", "requireTimestamp", "timestampThreshold"];

    /// <summary>Of a <c>keyless</c>: a log is asked for unless <c>requireLog: false</c>.</summary>
    public static TrustConfig ReadKeyless(MappingReader mapping, ErrorList errors)
    {
        var requireLog = mapping.Flag(mapping.Optional("requireLog"));
        var logs = Threshold(mapping, "logThreshold", "requireLog", requireLog, whereNotSaid: 1, errors);
        var timestamps = Timestamps(mapping, errors);
        if (logs == 0 && timestamps == 0)
        {
            errors.Add(
                mapping.Position,
                "'requireLog: false' without 'requireTimestamp: true'",
                "one of them: a short-lived certificate is judged at a time that a log or a timestamp authority signed, and there would be none");
        }

        return new TrustConfig(ReadName(mapping), mapping.Position, logs, timestamps);
    }

    /// <summary>Of a <c>transparencyLog</c>: whoever writes one asks for a log.</summary>
    public static TrustConfig ReadLog(MappingReader mapping, ErrorList errors) =>
        new(ReadName(mapping), mapping.Position, Threshold(mapping, "threshold", "transparencyLog", null, whereNotSaid: 1, errors), Timestamps(mapping, errors));

    private static Located? ReadName(MappingReader mapping) => mapping.Name(mapping.Required("trustRoot", $"'trustRoot: …', {Name}"), Name);

    private static int Timestamps(MappingReader mapping, ErrorList errors) =>
        Threshold(mapping, "timestampThreshold", "requireTimestamp", mapping.Flag(mapping.Optional("requireTimestamp")), whereNotSaid: 0, errors);

    private static int Threshold(MappingReader mapping, string key, string flagKey, bool? flag, int whereNotSaid, ErrorList errors)
    {
        var threshold = mapping.Count(mapping.Optional(key));
        if (flag is false && mapping.Has(key))
        {
            errors.Add(mapping.Optional(key)!.Position, $"'{key}' with '{flagKey}: false'", $"one of them: a threshold asks for what '{flagKey}: false' does not");
        }

        return flag is false ? 0 : threshold ?? (flag is true ? 1 : whereNotSaid);
    }
}
