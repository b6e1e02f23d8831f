using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.Targets.Verification;
using NodeGate.Policy;
using NodeGate.Policy.Importing;
using NodeGate.Policy.Importing.Kyverno;

namespace NodeGate.Fuzz.Targets.Policy;

/// <summary>
/// A policy of another system, read as one of each. Oracles: an import never throws and gives the same bytes each time; it gives a document or reasons,
/// never both; a document loads; and each reason has a place.
/// </summary>
internal sealed class ImportTarget : IFuzzTarget
{
    private static readonly string Key = System.Text.Encoding.ASCII.GetString(Corpus.World("key.pub")).Trim();

    public string Name => "import";

    public IReadOnlyList<Type> Parsers => [typeof(PolicyImporter), typeof(SignatureExpression)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        """
        apiVersion: policy.sigstore.dev/v1beta1
        kind: ClusterImagePolicy
        metadata: {name: a}
        spec:
          images: [{glob: "ghcr.io/org/**"}, {glob: "index.docker.io/*/*"}]
          authorities:
            - keyless: {url: "https://fulcio.example", identities: [{issuer: "https://issuer.example", subjectRegExp: "^https://github.com/[a-z\\d]+/.*$"}]}
              source: [{oci: ghcr.io/signatures}]
            - key:
                data: |
                  KEY
              source: [{oci: ghcr.io/signatures}]
        ---
        apiVersion: policy.sigstore.dev/v1beta1
        kind: ClusterImagePolicy
        metadata: {name: b}
        spec: {images: [{glob: "ghcr.io/**"}], mode: warn, authorities: [{static: {action: fail, message: "no # \"more\""}}]}
        """.Replace("KEY", Key.ReplaceLineEndings("\n          "), StringComparison.Ordinal),
        """
        apiVersion: kyverno.io/v1
        kind: ClusterPolicy
        metadata: {name: a}
        spec:
          validationFailureAction: Enforce
          rules:
            - name: r
              match: {any: [{resources: {kinds: [Pod], namespaces: [prod-*]}}]}
              verifyImages:
                - imageReferences: ["ghcr.io/org/*", "ghcr.io/x/*:v*"]
                  skipImageReferences: ["ghcr.io/org/free/*"]
                  attestors: [{count: 1, entries: [{keyless: {issuer: x, subject: "*@y"}}, {keys: {publicKeys: "KEY", rekor: {ignoreTlog: true}}}]}]
        """.Replace("KEY", Key.ReplaceLineEndings("\\n"), StringComparison.Ordinal),
        """
        apiVersion: policies.kyverno.io/v1
        kind: ImageValidatingPolicy
        metadata: {name: a}
        spec:
          matchImageReferences: [{glob: "ghcr.io/org/*"}]
          attestors: [{name: a, cosign: {keyless: {identities: [{issuer: x, subject: y}]}}}]
          validations: [{expression: "images.containers.map(image, verifyImageSignatures(image, [attestors.a])).all(e, e > 0)"}]
        """,
        """
        {"default": [{"type": "reject"}], "transports": {"docker": {"ghcr.io": [{"type": "insecureAcceptAnything"}], "*.example.com": [{"type": "reject"}],
         "ghcr.io/org/app:1": [{"type": "sigstoreSigned", "keyPath": "/key.pub", "rekorPublicKeyPath": "/key.pub", "signedIdentity": {"type": "matchRepository"}}]}}}
        """,
        """
        {"version": "1.0", "trustPolicies": [{"name": "a", "registryScopes": ["ghcr.io/org/app"], "signatureVerification": {"level": "strict"}, "trustStores": ["ca:corp"], "trustedIdentities": ["*"]}]}
        """,
        """
        application:
          validators: [{name: default, type: cosign, trustRoots: [{name: default, key: "KEY"}]}, {name: allow, type: static, approve: true}]
          policy: [{pattern: "*:*", validator: default}, {pattern: "registry.k8s.io/*:*", validator: allow}]
        """.Replace("KEY", Key.ReplaceLineEndings("\\n"), StringComparison.Ordinal),
        """
        apiVersion: portieris.cloud.ibm.com/v1
        kind: ClusterImagePolicy
        metadata: {name: a}
        spec: {repositories: [{name: "ghcr.io/*", policy: {simple: {requirements: [{type: insecureAcceptAnything}]}}}]}
        """);

    public string Check(byte[] input) => string.Join(", ", Enum.GetValues<ImportSource>().Select(source => Check(source, input)).Distinct(StringComparer.Ordinal));

    private static string Check(ImportSource source, byte[] input)
    {
        var result = Import(source, input);
        var again = Import(source, input);
        FuzzFailure.UnlessEqual(result.Document, again.Document, "the same file becomes the same document");
        FuzzFailure.Unless(result.Errors.SequenceEqual(again.Errors) && result.Notes.SequenceEqual(again.Notes), "the same file has the same reasons and notes");
        if (result.Document is null)
        {
            FuzzFailure.Unless(result.Errors.Length > 0 && result.Errors.All(e => e.Position.File.Length > 0), "what is refused has a reason with a place");
            return Outcome.Refused(result.Errors[0].ToString());
        }

        FuzzFailure.Unless(result.Errors.IsEmpty, "what is written has no errors");
        var loaded = PolicyLoader.Load([new PolicyFile("written.yaml", System.Text.Encoding.UTF8.GetBytes(result.Document))], new NamedFiles());
        FuzzFailure.Unless(loaded.IsLoaded, "what is written loads");
        return $"{source}: {Outcome.Magnitude(loaded.Model!.Rules.Length)} rules, {Outcome.Magnitude(loaded.Model.Authorities.Length)} authorities";
    }

    private static ImportResult Import(ImportSource source, byte[] input) => PolicyImporter.Import(source, [new PolicyFile("theirs.yaml", input)], new NamedFiles());

    private sealed class NamedFiles : IPolicyFiles
    {
        public FileContent Read(string policyPath, string file, int maxBytes) =>
            file is "/key.pub" ? FileContent.Found(Fixed.Keys[0]) : FileContent.Unreadable("no such file");

        public FileContent ReadBuiltIn(string name) => FileContent.Found(Corpus.World("trusted_root.json"));

        public FileContent ReadBuiltInTufRoot(string name) => FileContent.Found(Corpus.World("trusted_root.json"));

        public FileContent ReadFetched(TufSource source) => FileContent.Unreadable("it was never fetched");
    }
}
