using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.References;
using NodeGate.Oci;
using NodeGate.Verification;
using NodeGate.Verification.Attestations;
using NodeGate.Verification.Cosign;
using NodeGate.Verification.Sigstore;
using NodeGate.Verification.Strict;

namespace NodeGate.Fuzz.Targets.Verification;

/// <summary>What signatures are over, and the envelope around it: each input as each of them. Oracle: a second JSON reader finds what was read.</summary>
internal sealed class PayloadTarget : IFuzzTarget
{
    public string Name => "payload";

    public IReadOnlyList<Type> Parsers => [typeof(SimpleSigningPayload), typeof(InTotoStatement), typeof(StatementSubject), typeof(DsseEnvelope), typeof(MessageSignature), typeof(SignedRepository)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        """{"critical":{"identity":{"docker-reference":"ghcr.io/org/app:1"},"image":{"docker-manifest-digest":"sha256:aa"},"type":"cosign container image signature"},"optional":{"env":"prod","n":1}}""",
        """{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"sha256":"aa","sha512":"bb"},"annotations":{"env":"prod"}}],"predicateType":"https://sigstore.dev/cosign/sign/v1","predicate":{}}""",
        """{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"AAEC","keyid":""}]}""",
        """{"messageDigest":{"algorithm":"SHA2_256","digest":"AAEC"},"signature":"AAEC"}""");

    public string Check(byte[] input)
    {
        var tree = JsonReference.Read(input, VerificationLimits.MaxJsonDepth);
        return $"{Read(() => CheckPayload(input, tree))} | {Read(() => CheckStatement(input, tree))} | {Read(() => CheckEnvelope(input, tree))} | {Read(() => CheckMessage(input, tree))}";
    }

    private static string Read(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (EvidenceFormatException e)
        {
            return Outcome.Shape(e.Message);
        }
    }

    private static string CheckPayload(byte[] input, object? tree)
    {
        var payload = SimpleSigningPayload.Read(input);
        Same(JsonTree.Text(tree, "critical", "type"), payload.Type);
        Same(JsonTree.Text(tree, "critical", "image", "docker-manifest-digest"), payload.ManifestDigest);
        Same(JsonTree.Text(tree, "critical", "identity", "docker-reference"), payload.Reference);
        CompareTexts(JsonTree.At(tree, "optional"), payload.Annotations);
        if (SignedRepository.TagOf(payload.Reference) is { } tag)
        {
            FuzzFailure.Unless(payload.Reference.Contains(":" + tag, StringComparison.Ordinal), "a tag stands in the text that it is the tag of");
        }

        return $"payload, {Outcome.Magnitude(payload.Annotations.Count)} annotations, reference {ImageReference.TryParse(payload.Reference, out _, out _)}";
    }

    private static string CheckStatement(byte[] input, object? tree)
    {
        var statement = InTotoStatement.Read(input);
        Same(JsonTree.Text(tree, "_type"), statement.Type);
        Same(JsonTree.Text(tree, "predicateType"), statement.PredicateType);
        FuzzFailure.Unless(JsonReference.Read(statement.Predicate, VerificationLimits.MaxJsonDepth) is not null, "a predicate is JSON by itself");
        var subjects = (List<object>)JsonTree.At(tree, "subject")!;
        FuzzFailure.UnlessEqual(subjects.Count, statement.Subjects.Length, "two readers find as many subjects");
        for (var i = 0; i < subjects.Count; i++)
        {
            CompareTexts(JsonTree.At(subjects[i], "digest"), statement.Subjects[i].Digests);
            CompareTexts(JsonTree.At(subjects[i], "annotations"), statement.Subjects[i].Annotations);
        }

        return $"statement of {Outcome.Magnitude(subjects.Count)}";
    }

    private static string CheckEnvelope(byte[] input, object? tree)
    {
        var envelope = DsseEnvelope.Read(NodeGate.Verification.Strict.StrictJson.Parse(input));
        Same(JsonTree.Text(tree, "payload"), Convert.ToBase64String(envelope.Payload));
        Same(JsonTree.Text(tree, "payloadType"), envelope.PayloadType);
        Same(JsonTree.Text(tree, "signatures", 0, "sig"), Convert.ToBase64String(envelope.Signature));
        return "envelope";
    }

    private static string CheckMessage(byte[] input, object? tree)
    {
        var message = MessageSignature.Read(NodeGate.Verification.Strict.StrictJson.Parse(input));
        Same(JsonTree.Text(tree, "signature"), Convert.ToBase64String(message.Signature));
        Same(JsonTree.Text(tree, "messageDigest", "algorithm"), message.Algorithm);
        return $"message, digest {message.Digest is not null}";
    }

    private static void CompareTexts(object? tree, IReadOnlyDictionary<string, string> read)
    {
        var texts = (tree as Dictionary<string, object>)?.Where(member => member.Value is string).ToArray() ?? [];
        FuzzFailure.UnlessEqual(texts.Length, read.Count, "two readers find as many texts");
        foreach (var (name, value) in texts)
        {
            Same((string)value, read.GetValueOrDefault(name));
        }
    }

    private static void Same(string? expected, string? read) => FuzzFailure.UnlessEqual(expected, read, "two readers find the same text");
}
