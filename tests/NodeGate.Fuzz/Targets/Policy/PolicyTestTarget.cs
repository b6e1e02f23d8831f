using NodeGate.Fuzz.Engine;
using NodeGate.Policy;
using NodeGate.Policy.Loading;
using NodeGate.Policy.Testing;

namespace NodeGate.Fuzz.Targets.Policy;

/// <summary>The documents of <c>policy test</c>. Oracles: never an exception; the same file has the same errors; a case that is read without any expects something.</summary>
internal sealed class PolicyTestTarget : IFuzzTarget
{
    public string Name => "policy-test";

    public IReadOnlyList<Type> Parsers => [typeof(PolicyTestReader)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        """
        apiVersion: nodegate.dev/v1
        kind: PolicyTest
        policy: ../policy.d
        cases:
          - {name: a, image: nginx, namespace: prod, recording: a.json, at: 2026-11-21T12:00:00Z, expect: {decision: Admitted, reason: Verified, rule: org, mode: audit}}
          - {name: b, image: nginx, digest: "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", expect: {decision: Denied}}
        """,
        "apiVersion: nodegate.dev/v1\nkind: PolicyTest\ncases: []\n");

    public string Check(byte[] input)
    {
        var (errors, again) = (new ErrorList(), new ErrorList());
        var documents = PolicyTestReader.Read(new PolicyFile("tests.yaml", input), errors);
        _ = PolicyTestReader.Read(new PolicyFile("tests.yaml", input), again);
        FuzzFailure.Unless(errors.ToSorted().SequenceEqual(again.ToSorted()), "the same file has the same errors");
        if (errors.Count > 0)
        {
            return Outcome.Refused(errors.ToSorted()[0].ToString());
        }

        var cases = documents.SelectMany(d => d.Cases).ToArray();
        FuzzFailure.Unless(Array.TrueForAll(cases, c => c.Expected.Decision is "Admitted" or "Denied" or "Undetermined"), "a case expects a decision");
        FuzzFailure.Unless(Array.TrueForAll(cases, c => c.Recording is null || c.Digest is null), "a case has a recording or a digest");
        return $"{documents.Length} documents, {Outcome.Magnitude(cases.Length)} cases";
    }
}
