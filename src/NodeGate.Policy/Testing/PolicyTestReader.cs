using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Testing;

/// <summary>Reads the documents of <c>nodegate policy test</c>: strictly, because a misspelt expectation would be met by everything.</summary>
public static class PolicyTestReader
{
    private const string ApiVersion = "nodegate.dev/v1";
    private const string Kind = "PolicyTest";
    private const string CaseShape = "a case: {name: …, image: …, expect: {decision: …}}";
    private const string Answer = "{decision: Admitted|Denied|Undetermined}, and as you like reason, rule and mode";
    private static readonly ImmutableArray<string> Keys = ["apiVersion", "kind", "policy", "cases"];
    private static readonly ImmutableArray<string> CaseKeys = ["name", "image", "namespace", "recording", "digest", "at", "expect"];
    private static readonly ImmutableArray<string> ExpectKeys = ["decision", "reason", "rule", "mode"];
    private static readonly (string Word, DecisionReason Value)[] Reasons = [.. Enum.GetValues<DecisionReason>().Select(r => (r.ToString(), r))];

    /// <summary>The documents of <paramref name="file"/>; what is wrong goes to <paramref name="errors"/>.</summary>
    public static ImmutableArray<PolicyTestDocument> Read(PolicyFile file, ErrorList errors)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(errors);
        return [.. YamlReader.Read(file, errors).Select(node => ReadDocument(node, errors)).OfType<PolicyTestDocument>()];
    }

    private static PolicyTestDocument? ReadDocument(YamlNode node, ErrorList errors)
    {
        if (MappingReader.Open(node, $"a document with 'apiVersion: {ApiVersion}' and 'kind: {Kind}'", Keys, LaterKeys.None, errors) is not { } document)
        {
            return null;
        }

        _ = document.Word(document.Required("apiVersion", $"'apiVersion: {ApiVersion}'"), (ApiVersion, true));
        _ = document.Word(document.Required("kind", $"'kind: {Kind}'"), (Kind, true));
        var names = new HashSet<string>(StringComparer.Ordinal);
        var cases = document.List(document.Required("cases", "'cases: […]'"), "a list of cases", PolicyLimits.MaxTestCases, nameof(PolicyLimits.MaxTestCases));
        return new PolicyTestDocument(
            node.Position,
            document.Line(document.Optional("policy"), "the policy's file or folder")?.Text,
            [.. cases.Select(c => ReadCase(c, names, errors)).OfType<PolicyTestCase>()]);
    }

    private static PolicyTestCase? ReadCase(YamlNode node, HashSet<string> names, ErrorList errors)
    {
        if (MappingReader.Open(node, CaseShape, CaseKeys, LaterKeys.None, errors) is not { } test)
        {
            return null;
        }

        var name = test.Line(test.Required("name", "'name: …', what people call this case"), "a name");
        if (name is not null && !names.Add(name.Text))
        {
            errors.Add(name.Position, $"the name {Quote.Of(name.Text)} a second time", "each name once in a document");
        }

        var image = test.Text(test.Required("image", "'image: …', the reference as a pod would have it"), "an image reference", OciLimits.MaxReferenceLength);
        var expected = ReadExpectation(test, errors);
        var digest = ReadDigest(test, image, errors);
        return name is null || image is null || expected is null ? null : new PolicyTestCase(node.Position, name.Text, image.Text, expected)
        {
            Namespace = test.Text(test.Optional("namespace"), "a namespace", PolicyLimits.MaxNamespaceLength)?.Text,
            Recording = test.Line(test.Optional("recording"), "the file of a recording, made by 'nodegate verify --record FILE IMAGE'")?.Text,
            Digest = digest,
            At = test.Time(test.Optional("at")),
        };
    }

    private static Digest? ReadDigest(MappingReader test, Located? image, ErrorList errors)
    {
        const string Expected = "'sha256:' and 64 lower-case hexadecimal characters";
        if (test.Text(test.Optional("digest"), Expected, PolicyLimits.MaxTextLength) is not { } text)
        {
            return null;
        }

        if (!Digest.TryParse(text.Text, out var digest) || digest.Algorithm != DigestAlgorithm.Sha256)
        {
            errors.Add(text.Position, Quote.Of(text.Text), Expected);
            return null;
        }

        if (test.Has("recording"))
        {
            errors.Add(text.Position, "'digest' beside 'recording'", "one of them: the recording says what the tag resolved to");
        }

        if (image is not null && ImageReference.TryParse(image.Text, out var reference, out _) && reference.Digest is not null)
        {
            errors.Add(text.Position, "'digest' for an image that names its digest", "it in one of the two places");
        }

        return digest;
    }

    private static PolicyTestExpectation? ReadExpectation(MappingReader test, ErrorList errors)
    {
        if (test.Required("expect", $"'expect: {Answer}'") is not { } node || MappingReader.Open(node, Answer, ExpectKeys, LaterKeys.None, errors) is not { } expect)
        {
            return null;
        }

        var decision = expect.Required("decision", $"'expect: {Answer}'");
        var reason = expect.Word(expect.Optional("reason"), Reasons);
        var rule = expect.Name(expect.Optional("rule"), "the name of a rule or exception")?.Text;
        var mode = DocumentReader.ReadMode(expect);
        return expect.Word(decision, (nameof(Decision.Admitted), true), (nameof(Decision.Denied), true), (nameof(Decision.Undetermined), true)) is null
            ? null
            : new PolicyTestExpectation(((YamlScalar)decision!).Text, reason, rule, mode);
    }
}
