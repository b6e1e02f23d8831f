using System.Collections.Immutable;
using NodeGate.Policy.Loading.Trust;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Verification;

namespace NodeGate.Policy.Loading;

/// <summary>Reads the <c>cosign</c> of an authority: keys.</summary>
internal static class CosignReader
{
    private const string KeyShape = "a key: {file: …} or {pem: …}, with 'validFrom' and 'validUntil' where it is good for a time only";

    /// <summary>The keys of a <c>cosign</c>.</summary>
    public static ImmutableArray<string> Keys { get; } = ["keys", "transparencyLog", "formats", "annotations"];

    /// <summary>The keys of an entry of <c>keys</c>.</summary>
    public static ImmutableArray<string> KeyKeys { get; } = ["file", "pem", "validFrom", "validUntil"];

    public static CosignConfig? Read(YamlNode node, ErrorList errors)
    {
        if (MappingReader.Open(node, "a mapping with 'keys'", Keys, LaterKeys.None, errors) is not { } cosign)
        {
            return null;
        }

        var keys = ReadKeys(cosign, errors);
        var log = cosign.Optional("transparencyLog") is { } logNode
            && MappingReader.Open(logNode, "{trustRoot: …}", TrustReader.LogKeys, LaterKeys.None, errors) is { } mapping ? TrustReader.ReadLog(mapping, errors) : null;
        if (!cosign.Has("transparencyLog") && keys.FirstOrDefault(k => k.ValidFor != ValidityPeriod.Always) is { } limited)
        {
            errors.Add(
                (limited.File ?? limited.Pem)!.Position,
                "a key that is good for a time only, without 'transparencyLog'",
                "'transparencyLog: {trustRoot: …}' beside 'keys', by which the time of a signature is known; or no 'validFrom' and 'validUntil'");
        }

        return new CosignConfig(node.Position, keys, log, EvidenceFormReader.Read(cosign, errors));
    }

    private static ImmutableArray<KeyConfig> ReadKeys(MappingReader cosign, ErrorList errors)
    {
        var items = cosign.List(
            cosign.Required("keys", "'keys: [{file: …}]', any of which may sign"),
            "a list of keys, each {file: …} or {pem: …}",
            PolicyLimits.MaxKeysPerAuthority,
            nameof(PolicyLimits.MaxKeysPerAuthority));
        var keys = ImmutableArray.CreateBuilder<KeyConfig>();
        foreach (var item in items)
        {
            if (MappingReader.Open(item, KeyShape, KeyKeys, LaterKeys.None, errors) is not { } key)
            {
                continue;
            }

            if (key.Has("file") == key.Has("pem"))
            {
                errors.Add(item.Position, key.Has("file") ? "both 'file' and 'pem'" : "neither 'file' nor 'pem'", KeyShape);
                continue;
            }

            var file = key.Line(key.Optional("file"), "the name of a file with a public key");
            var pem = key.Text(key.Optional("pem"), "a public key in PEM", VerificationLimits.MaxKeyBytes);
            if (file is not null || pem is not null)
            {
                keys.Add(new KeyConfig(file, pem, PeriodReader.Read(key, errors)));
            }
        }

        return keys.DrainToImmutable();
    }
}
