using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.Targets.Verification;
using NodeGate.Oci;
using NodeGate.Policy;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Fuzz.Targets.Policy;

/// <summary>
/// A policy file. Oracles: loading never throws; the same file gives the same revision; a policy says something about any image; an error has a
/// place and names what was expected; a file that is not loaded has at least one; and no exception lets anything through once it has ended.
/// </summary>
internal sealed class PolicyTarget : IFuzzTarget
{
    private static readonly ImageReference Image = ImageReference.Parse("ghcr.io/org/app:1.0");

    public string Name => "policy";

    public IReadOnlyList<Type> Parsers => [typeof(PolicyLoader), typeof(YamlReader), typeof(DocumentReader), typeof(MappingReader), typeof(RuleReader), typeof(ExceptionReader), typeof(ScopeReader), typeof(AuthorityReader), typeof(RequireReader)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        """
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: production}
        mode: enforce
        unmatched: deny
        authorities:
          - name: release-key
            cosign:
              keys: [{file: release.pub}]
              formats: [bundle, legacy]
              annotations: {env: prod}
          - {name: other, cosign: {keys: [{file: other.pub}]}}
        rules:
          - name: org
            images: ["ghcr.io/org/**"]
            namespaces: {include: ["prod-*"], exclude: ["prod-sandbox"]}
            require: {anyOf: [release-key, {allOf: [other, release-key]}, {atLeast: {count: 1, of: [other]}}]}
          - {name: no-latest, images: ["**:latest"], deny: {reason: "floating tag"}}
          - {name: pause, images: ["registry.k8s.io/pause@sha256:0000000000000000000000000000000000000000000000000000000000000000"], allow: {reason: pinned}}
        """,
        """
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: keyless}
        trustRoots:
          - {name: corp, trustedRoot: trusted_root.json}
          - {name: mirror, tuf: {mirror: "https://tuf.corp.example", root: tuf-root.json}}
        authorities:
          - name: github
            keyless:
              trustRoot: corp
              identities: [{issuer: "https://token.example", subjectRegex: "https://github.com/org/.+"}]
              certificate: {sourceRepositoryUri: "https://github.com/org/app"}
              requireTimestamp: 1
          - name: logged
            cosign: {keys: [{file: release.pub}], transparencyLog: {trustRoot: corp}}
        rules:
          - name: org
            images: ["ghcr.io/org/**"]
            require: {anyOf: [github, logged]}
            attestations:
              - type: "https://slsa.dev/provenance/v1"
                by: [github]
                conditions: [{path: /buildDefinition/buildType, equals: "x"}, {path: /v, semver: ">=1.2"}, {path: /t, newerThan: 30d}]
        """,
        """
        apiVersion: nodegate.dev/v1
        kind: ImagePolicy
        metadata: {name: exceptions}
        grace: allow
        sandboxImage: enforce
        authorities: [{name: a, cosign: {keys: [{file: release.pub}]}}]
        rules:
          - {name: org, images: ["ghcr.io/org/**"], require: a, requireDigest: true, platform: verify, grace: deny, signatureRepository: ghcr.io/org/signatures}
        exceptions:
          - name: legacy
            images: ["ghcr.io/org/**@sha256:0000000000000000000000000000000000000000000000000000000000000000"]
            namespaces: {include: ["prod-*"]}
            expires: 2026-12-31T00:00:00+01:00
            owner: team-a
            ticket: SEC-1
        """,
        "apiVersion: nodegate.dev/v1\nkind: ImagePolicy\nmetadata: {name: a}\nrules: []\n---\napiVersion: nodegate.dev/v1\nkind: ImagePolicy\nmetadata: {name: b}\nunmatched: allow\nmode: audit\n");

    public string Check(byte[] input)
    {
        var result = Load(input);
        var again = Load(input);
        FuzzFailure.UnlessEqual(result.IsLoaded, again.IsLoaded, "the same file is loaded or not");
        if (!result.IsLoaded)
        {
            FuzzFailure.Unless(result.Errors.Length > 0 && result.Errors.SequenceEqual(again.Errors), "a file that is not loaded has errors, the same ones each time");
            return Outcome.Refused(result.Errors[0].ToString());
        }

        FuzzFailure.UnlessEqual(result.Model.Revision, again.Model!.Revision, "the same file has the same revision");
        FuzzFailure.UnlessEqual(result.Model.TrustRevision, again.Model.TrustRevision, "the same file trusts the same");
        return $"loaded, {result.Model.Rules.Length} rules, {result.Model.Authorities.Length} authorities, {Match(result.Model)}";
    }

    private static PolicyLoadResult Load(byte[] input) => PolicyLoader.Load([new PolicyFile("policy.yaml", input)], new NamedFiles());

    private static string Match(PolicyModel model)
    {
        var first = model.Match(Image, null, "prod-a", DateTimeOffset.UnixEpoch);
        FuzzFailure.UnlessEqual(first.Rule, model.Match(Image, null, "prod-a", DateTimeOffset.UnixEpoch).Rule, "the same image has the same rule");
        foreach (var (exemption, digest) in model.Exemptions.SelectMany(e => e.Images.Select(i => (e, Digest.Parse(i[(i.IndexOf('@', StringComparison.Ordinal) + 1)..])))))
        {
            FuzzFailure.Unless(
                model.MatchAnyNamespace(Image, digest, exemption.Expires).All(m => m.Action is not RuleAction.Exempt exempt || exempt.Exemption != exemption),
                "an exception lets nothing through from its end on");
        }

        return first.Rule is null ? "no rule" : "a rule";
    }

    private sealed class NamedFiles : IPolicyFiles
    {
        public FileContent Read(string policyPath, string file, int maxBytes) => file switch
        {
            "release.pub" => FileContent.Found(Fixed.Keys[0]),
            "other.pub" => FileContent.Found(Fixed.Keys[1]),
            "trusted_root.json" => FileContent.Found(Corpus.World("trusted_root.json")),
            "tuf-root.json" => FileContent.Found(Corpus.World("tuf-root.json")),
            _ => FileContent.Unreadable("no such file"),
        };

        public FileContent ReadBuiltIn(string name) => FileContent.Found(Corpus.World("trusted_root.json"));

        public FileContent ReadBuiltInTufRoot(string name) => FileContent.Found(Corpus.World("trusted_root.json"));

        public FileContent ReadFetched(TufSource source) => FileContent.Unreadable("it was never fetched");
    }
}
