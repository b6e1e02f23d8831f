using System.Collections.Immutable;
using System.Text;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;
using NodeGate.Verification;

namespace NodeGate.Policy.Importing.Containers;

/// <summary>Reads the requirements of a scope, all of which must hold.</summary>
internal sealed class RequirementReader(NativeBook book, ImportContext context)
{
    private const string Shape = "a requirement: {\"type\": \"insecureAcceptAnything\"|\"reject\"|\"sigstoreSigned\", …}";
    private static readonly ImmutableArray<string> KeyKinds = ["keyPath", "keyData", "keyPaths", "keyDatas", "fulcio"];
    private static readonly ImmutableArray<string> LogKinds = ["rekorPublicKeyPath", "rekorPublicKeyData", "rekorPublicKeyPaths", "rekorPublicKeyDatas"];
    private static readonly NativeForm Legacy = new(Bundle: false, Legacy: true);

    private static readonly ForeignKeys Plain = new() { What = Shape, Read = ["type"] };

    private static readonly ForeignKeys Signed = new()
    {
        What = "a sigstoreSigned: one of keyPath, keyPaths, keyData, keyDatas and fulcio, and a signedIdentity",
        Read = ["type", .. KeyKinds, .. LogKinds, "signedIdentity"],
        Refused = ImmutableDictionary<string, Refusal>.Empty
            .Add("pki", new Refusal("NodeGate has no certificates of one's own besides a Sigstore", "the public key of the signer's certificate, as 'keyPath'")),
    };

    private static readonly ForeignKeys Fulcio = new()
    {
        What = "fulcio: {caPath|caData, oidcIssuer, subjectEmail}",
        Read = ["caPath", "caData", "oidcIssuer", "subjectEmail", "URI"],
    };

    public NativeAction Read(YamlNode node, string name)
    {
        NativeAction none = new NativeAction.Deny("refused");
        if (node is not YamlSequence { Items.IsEmpty: false } list)
        {
            context.Errors.Add(node, "a list of requirements, one at least");
            return none;
        }

        var read = list.Items.Select(i => ReadOne(i, name)).ToArray();
        ImmutableArray<NativeRequirement> required = [.. read.OfType<NativeAction.Require>().Select(r => r.Requirement)];
        return read.OfType<NativeAction.Deny>().FirstOrDefault() is { } deny ? deny
            : required.IsEmpty ? read[0]
            : new NativeAction.Require(NativeRequirement.All(required));
    }

    private NativeAction ReadOne(YamlNode node, string name)
    {
        var type = ((node as YamlMapping)?.Entries.FirstOrDefault(e => e.Key == "type")?.Value as YamlScalar)?.Text;
        switch (type)
        {
            case "insecureAcceptAnything":
                _ = Plain.Open(node, context);
                return new NativeAction.Allow("insecureAcceptAnything");
            case "reject":
                _ = Plain.Open(node, context);
                return new NativeAction.Deny("reject");
            case "sigstoreSigned" when Signed.Open(node, context) is { } signed:
                return new NativeAction.Require(ReadSigned(signed, name));
            case "signedBy" or "signedBaseLayer":
                context.Refuse(
                    node.Position,
                    $"'{type}'",
                    "NodeGate has no GPG",
                    "'sigstoreSigned', with images that cosign or podman (--sign-by-sigstore) signed");
                return new NativeAction.Deny("refused");
            default:
                context.Errors.Add(node, Shape);
                return new NativeAction.Deny("refused");
        }
    }

    private NativeRequirement ReadSigned(MappingReader signed, string name)
    {
        RefuseIdentity(signed);
        var kind = One(signed, KeyKinds, Signed.What);
        var logKind = LogKinds.Any(signed.Has) ? One(signed, LogKinds, "one of " + string.Join(", ", LogKinds)) : null;
        var logs = logKind is null ? [] : Materials(signed, logKind);
        if (kind is "fulcio")
        {
            return ReadFulcio(signed, name, logs);
        }

        var log = logs.IsEmpty ? null : book.TrustRoot("log-of-" + name, signed.Position, logs);
        var keys = kind is null ? [] : Materials(signed, kind);
        return book.Add(name, n => new NativeAuthority.Cosign(n, signed.Position, keys) { LogTrustRoot = log, Form = Legacy });
    }

    private NativeRequirement ReadFulcio(MappingReader signed, string name, ImmutableArray<NativeMaterial> logs)
    {
        if (Fulcio.Open(signed.Optional("fulcio")!, context) is not { } fulcio)
        {
            return new NativeRequirement.Authority("");
        }

        var authorities = One(fulcio, ["caPath", "caData"], Fulcio.What) is { } kind ? Materials(fulcio, kind) : [];
        var issuer = fulcio.Line(fulcio.Required("oidcIssuer", Fulcio.What), "the issuer");
        var subject = One(fulcio, ["subjectEmail", "URI"], Fulcio.What) is { } key ? fulcio.Line(fulcio.Optional(key), "the signer") : null;
        if (logs.IsEmpty)
        {
            context.Errors.Add(signed.Position, "'fulcio' without the key of a Rekor", "one of " + string.Join(", ", LogKinds) + ", which is mandatory");
        }

        if (authorities.IsEmpty || issuer is null || subject is null)
        {
            return new NativeRequirement.Authority("");
        }

        var root = book.TrustRoot("sigstore-of-" + name, fulcio.Position, logs, authorities[0]);
        NativeIdentity identity = new(new NativeText(issuer.Text, IsRegex: false), new NativeText(subject.Text, IsRegex: false));
        return book.Add(name, n => new NativeAuthority.Keyless(n, signed.Position, root, [identity]) { Form = Legacy });
    }

    /// <summary>NodeGate asks that a signature names the repository, and its tag where it names one: that is 'matchRepository' and nothing else.</summary>
    private void RefuseIdentity(MappingReader signed)
    {
        var node = signed.Optional("signedIdentity");
        var type = node is null ? "matchRepoDigestOrExact" : ((node as YamlMapping)?.Entries.FirstOrDefault(e => e.Key == "type")?.Value as YamlScalar)?.Text;
        switch (type)
        {
            case "matchRepository":
                break;
            case "matchExact" or "matchRepoDigestOrExact":
                context.Refuse(
                    node?.Position ?? signed.Position,
                    node is null ? "no 'signedIdentity', which is 'matchRepoDigestOrExact'" : $"'{type}'",
                    "for a tag it takes only signatures that name that tag; NodeGate takes those that name no tag as well, as cosign writes them",
                    "\"signedIdentity\": {\"type\": \"matchRepository\"}, if that is what you want");
                break;
            case "exactReference" or "exactRepository" or "remapIdentity":
                context.Refuse(
                    node!.Position,
                    $"'{type}'",
                    "it takes only signatures that name the other repository; NodeGate's 'signedRepository' takes those for the pulled one as well",
                    "'signedRepository' in a rule by hand");
                break;
            default:
                context.Errors.Add(node!, "a signedIdentity: {\"type\": \"matchRepository\"}");
                break;
        }
    }

    private string? One(MappingReader mapping, ImmutableArray<string> keys, string expected)
    {
        var found = keys.Where(mapping.Has).ToArray();
        if (found.Length == 1)
        {
            return found[0];
        }

        context.Errors.Add(mapping.Position, found.Length == 0 ? "none of " + string.Join(", ", keys) : string.Join(" and ", found), expected);
        return null;
    }

    private ImmutableArray<NativeMaterial> Materials(MappingReader mapping, string key)
    {
        var node = mapping.Optional(key)!;
        IEnumerable<YamlNode> items = key.EndsWith('s')
            ? mapping.List(node, "a list", PolicyLimits.MaxKeysPerAuthority, nameof(PolicyLimits.MaxKeysPerAuthority))
            : [node];
        return [.. items.Select(i => key.Contains("Path", StringComparison.Ordinal) ? OfPath(mapping, i) : OfData(mapping, i)).OfType<NativeMaterial>()];
    }

    private NativeMaterial? OfPath(MappingReader mapping, YamlNode node)
    {
        if (mapping.Line(node, "the absolute name of a file") is not { } path)
        {
            return null;
        }

        if (path.Text[0] != '/')
        {
            context.Refuse(
                path.Position,
                $"the relative name {Quote.Of(path.Text)}",
                "it is relative to where the program was started",
                "the file's absolute name");
            return null;
        }

        return NativeMaterial.OfFile(path.Text);
    }

    private NativeMaterial? OfData(MappingReader mapping, YamlNode node)
    {
        const string Expected = "base64 of a text in PEM";
        if (mapping.Text(node, Expected, VerificationLimits.MaxCertificateFileBytes) is not { } text)
        {
            return null;
        }

        var bytes = new byte[text.Text.Length];
        if (Convert.TryFromBase64String(text.Text, bytes, out var length))
        {
            return NativeMaterial.OfPem(Encoding.UTF8.GetString(bytes, 0, length));
        }

        context.Errors.Add(text.Position, "no base64", Expected);
        return null;
    }
}
