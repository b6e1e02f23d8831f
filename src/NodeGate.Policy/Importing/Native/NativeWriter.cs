using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace NodeGate.Policy.Importing.Native;

/// <summary>Writes an imported policy as a document that people can read and keep. The same policy gives the same bytes.</summary>
internal sealed class NativeWriter
{
    private readonly StringBuilder _text = new();
    private readonly ImmutableArray<(int, PolicyPosition)>.Builder _origins = ImmutableArray.CreateBuilder<(int, PolicyPosition)>();
    private int _lines;

    private NativeWriter()
    {
    }

    public static WrittenPolicy Write(NativePolicy policy)
    {
        var writer = new NativeWriter();
        writer.Document(policy);
        return new WrittenPolicy(writer._text.ToString(), writer._origins.DrainToImmutable());
    }

    private void Document(NativePolicy policy)
    {
        From(policy.Origin);
        Line(0, "apiVersion: nodegate.dev/v1");
        Line(0, "kind: ImagePolicy");
        Line(0, $"metadata: {{name: {YamlText.Scalar(policy.Name)}}}");
        Line(0, $"mode: {Word(policy.Mode)}");
        Line(0, $"unmatched: {(policy.Unmatched == UnmatchedAction.Allow ? "allow" : "deny")}");
        Section("trustRoots", policy.TrustRoots, TrustRoot);
        Section("authorities", policy.Authorities, Authority);
        Section("rules", policy.Rules, Rule);
    }

    private void Section<T>(string key, ImmutableArray<T> items, Action<T> write)
    {
        if (items.IsEmpty)
        {
            return;
        }

        Line(0, key + ":");
        foreach (var item in items)
        {
            write(item);
        }
    }

    private void TrustRoot(NativeTrustRoot root)
    {
        From(root.Origin);
        Line(1, $"- name: {YamlText.Scalar(root.Name)}");
        Line(2, "sigstore:");
        Members("certificateAuthorities", "certificates", "uri", root.CertificateAuthorities, isLog: false);
        Members("certificateLogs", "key", "url", root.CertificateLogs, isLog: false);
        Members("transparencyLogs", "key", "url", root.TransparencyLogs, isLog: true);
    }

    private void Members(string key, string materialKey, string addressKey, ImmutableArray<NativeMember> members, bool isLog)
    {
        if (members.IsEmpty)
        {
            return;
        }

        Line(3, key + ":");
        foreach (var member in members)
        {
            Line(4, $"- {addressKey}: {YamlText.Quoted(member.Address)}");
            if (isLog)
            {
                // The sources know no period for a log's key: it is good at any time.
                Line(5, "validFrom: 1970-01-01T00:00:00Z");
            }

            if (member.Material.File is { } file)
            {
                Line(5, $"{materialKey}: {YamlText.Quoted(file)}");
            }
            else
            {
                Line(5, materialKey + ":");
                Pem(6, "", member.Material.Pem!);
            }
        }
    }

    private void Authority(NativeAuthority authority)
    {
        From(authority.Origin);
        Line(1, $"- name: {YamlText.Scalar(authority.Name)}");
        switch (authority)
        {
            case NativeAuthority.Cosign cosign:
                Cosign(cosign);
                break;
            case NativeAuthority.Keyless keyless:
                Keyless(keyless);
                break;
            case NativeAuthority.Notation notation:
                Notation(notation);
                break;
            case NativeAuthority.Notary notary:
                Line(2, "notary:");
                Line(3, $"server: {YamlText.Quoted(notary.Server)}");
                Materials("rootKeys", notary.RootKeys);
                List(3, "delegations", notary.Delegations);
                break;
            default:
                throw new InvalidOperationException("An authority that the writer does not know.");
        }
    }

    private void Cosign(NativeAuthority.Cosign cosign)
    {
        Line(2, "cosign:");
        Materials("keys", cosign.Keys);
        if (cosign.LogTrustRoot is { } root)
        {
            Line(3, $"transparencyLog: {{trustRoot: {YamlText.Scalar(root)}}}");
        }

        Form(cosign.Form);
    }

    private void Keyless(NativeAuthority.Keyless keyless)
    {
        Line(2, "keyless:");
        Line(3, $"trustRoot: {YamlText.Scalar(keyless.TrustRoot)}");
        Line(3, "identities:");
        foreach (var identity in keyless.Identities)
        {
            Line(4, $"- {{{Text("issuer", identity.Issuer)}, {Text("subject", identity.Subject)}}}");
        }

        Form(keyless.Form);
    }

    private void Notation(NativeAuthority.Notation notation)
    {
        Line(2, "notation:");
        Line(3, "trustStores:");
        foreach (var store in notation.TrustStores)
        {
            Line(4, $"- type: {YamlText.Scalar(store.Type)}");
            Line(5, "certificates:");
            foreach (var certificate in store.Certificates)
            {
                Material(6, certificate, isNamed: false);
            }
        }

        List(3, "trustedIdentities", notation.TrustedIdentities);
        Line(3, $"level: {YamlText.Scalar(notation.Level)}");
        if (!notation.Override.IsEmpty)
        {
            Line(3, $"override: {{{string.Join(", ", notation.Override.Select(o => $"{YamlText.Quoted(o.Check)}: {YamlText.Quoted(o.Action)}"))}}}");
        }

        if (notation.VerifyTimestamp is { } when)
        {
            Line(3, $"verifyTimestamp: {YamlText.Scalar(when)}");
        }
    }

    private void Form(NativeForm form)
    {
        if (!form.Bundle || !form.Legacy)
        {
            Line(3, $"formats: [{(form.Bundle ? "bundle" : "legacy")}]");
        }
    }

    private void Rule(NativeRule rule)
    {
        From(rule.Origin);
        Line(1, $"# {YamlText.Comment(rule.From)}");
        Line(1, $"- name: {YamlText.Scalar(rule.Name)}");
        Line(2, $"images: [{string.Join(", ", rule.Images.Select(YamlText.Quoted))}]");
        if (!rule.IncludedNamespaces.IsEmpty || !rule.ExcludedNamespaces.IsEmpty)
        {
            Line(2, "namespaces:");
            List(3, "include", rule.IncludedNamespaces);
            List(3, "exclude", rule.ExcludedNamespaces);
        }

        if (rule.Mode is { } mode)
        {
            Line(2, $"mode: {Word(mode)}");
        }

        Optional("requireDigest", rule.RequiresDigest ? "true" : null);
        Optional("signatureRepository", rule.SignatureRepository is { } repository ? YamlText.Quoted(repository) : null);
        Action(rule.Action);
    }

    private void Action(NativeAction action)
    {
        switch (action)
        {
            case NativeAction.Allow allow:
                Line(2, $"allow: {{reason: {YamlText.Quoted(allow.Reason)}}}");
                break;
            case NativeAction.Deny deny:
                Line(2, $"deny: {{reason: {YamlText.Quoted(deny.Reason)}}}");
                break;
            case NativeAction.Require require:
                Line(2, $"require: {Requirement(require.Requirement)}");
                if (!require.Attestations.IsEmpty)
                {
                    Line(2, "attestations:");
                }

                foreach (var attestation in require.Attestations)
                {
                    Line(3, $"- {{type: {YamlText.Quoted(attestation.Type)}, by: {YamlText.List(attestation.By)}}}");
                }

                break;
            default:
                throw new InvalidOperationException("An action that the writer does not know.");
        }
    }

    private static string Requirement(NativeRequirement requirement) => requirement switch
    {
        NativeRequirement.Authority authority => YamlText.Scalar(authority.Name),
        NativeRequirement.AnyOf any => $"{{anyOf: {Members(any.Members)}}}",
        NativeRequirement.AllOf all => $"{{allOf: {Members(all.Members)}}}",
        NativeRequirement.AtLeast atLeast => $"{{atLeast: {{count: {atLeast.Count.ToString(CultureInfo.InvariantCulture)}, of: {Members(atLeast.Members)}}}}}",
        _ => throw new InvalidOperationException("A requirement that the writer does not know."),
    };

    private static string Members(ImmutableArray<NativeRequirement> members) => $"[{string.Join(", ", members.Select(Requirement))}]";

    private void Materials(string key, ImmutableArray<NativeMaterial> materials)
    {
        Line(3, key + ":");
        foreach (var material in materials)
        {
            Material(4, material, isNamed: true);
        }
    }

    /// <summary>An item of a list: <c>file: …</c> or <c>pem: …</c>; where a name alone is a file, the name alone.</summary>
    private void Material(int indent, NativeMaterial material, bool isNamed)
    {
        if (material.File is { } file)
        {
            Line(indent, isNamed ? $"- file: {YamlText.Quoted(file)}" : $"- {YamlText.Quoted(file)}");
        }
        else
        {
            Pem(indent, "- ", material.Pem!);
        }
    }

    private void Pem(int indent, string item, string pem)
    {
        var lines = pem.ReplaceLineEndings("\n").Split('\n').Select(l => l.Trim(' ', '\t')).ToArray();
        if (!Array.TrueForAll(lines, IsPemLine))
        {
            // What is no PEM is refused by the loader; until then it stays inside its quotes.
            Line(indent, $"{item}pem: {YamlText.Quoted(pem)}");
            return;
        }

        Line(indent, $"{item}pem: |");
        foreach (var line in lines)
        {
            Line(indent + (item.Length / 2) + 1, line);
        }
    }

    private static bool IsPemLine(string line) => line.Length > 0 && line.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '=' or '-' or ' ');

    private void List(int indent, string key, ImmutableArray<string> items)
    {
        if (!items.IsEmpty)
        {
            Line(indent, $"{key}: {YamlText.List(items)}");
        }
    }

    private void Optional(string key, string? value)
    {
        if (value is not null)
        {
            Line(2, $"{key}: {value}");
        }
    }

    private static string Text(string key, NativeText text) => $"{key}{(text.IsRegex ? "Regex" : "")}: {YamlText.Quoted(text.Text)}";

    private static string Word(PolicyMode mode) => mode == PolicyMode.Audit ? "audit" : "enforce";

    private void From(PolicyPosition origin) => _origins.Add((_lines + 1, origin));

    private void Line(int indent, string text)
    {
        _text.Append(' ', indent * 2).Append(text).Append('\n');
        _lines++;
    }
}
