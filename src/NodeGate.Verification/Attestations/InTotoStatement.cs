using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Attestations;

/// <summary>
/// An in-toto statement (in-toto attestation specification, statement.md). Read from verified bytes only. Unknown members are ignored, as
/// the specification demands of consumers; what is read is read strictly.
/// </summary>
internal sealed record InTotoStatement(string Type, string PredicateType, ImmutableArray<StatementSubject> Subjects, byte[] Predicate)
{
    /// <exception cref="EvidenceFormatException">It is not a statement.</exception>
    public static InTotoStatement Read(ReadOnlySpan<byte> verified)
    {
        var root = StrictJson.Parse(verified);
        var subjects = root.Required("subject").Items(VerificationLimits.MaxSubjects);
        return new InTotoStatement(
            root.Required("_type").Text(),
            root.Required("predicateType").Text(),
            [.. subjects.Select(StatementSubject.Read)],
            root.Optional("predicate")?.ToUtf8() ?? "{}"u8.ToArray());
    }

    /// <summary>Step <c>payloadType</c>.</summary>
    public Finding<bool> CheckType()
    {
        // check: statement-type
        if (Type is not ("https://in-toto.io/Statement/v1" or "https://in-toto.io/Statement/v0.1"))
        {
            return Finding.Invalid<bool>($"the statement's _type is {Shown.Text(Type)}; expected https://in-toto.io/Statement/v1 or v0.1");
        }

        return Finding.Pass(true, Type);
    }

    /// <summary>Step <c>digest</c>: the subjects with the image's SHA-256 digest. Weaker or other algorithms are not looked at.</summary>
    public Finding<ImmutableArray<StatementSubject>> CheckDigest(Digest image)
    {
        ImmutableArray<StatementSubject> matching = [.. Subjects.Where(s => s.Digests.TryGetValue("sha256", out var hex) && hex == image.Hex)];
        // check: statement-digest
        if (matching.IsEmpty)
        {
            return Finding.Invalid<ImmutableArray<StatementSubject>>(
                $"none of the statement's {Subjects.Length} subjects has the SHA-256 digest of the image ({image}, lower-case)");
        }

        return Finding.Pass(matching, image.ToString());
    }

    /// <summary>Step <c>annotations</c>: one subject has both the digest and all the annotations.</summary>
    public static Finding<StatementSubject> CheckAnnotations(
        ImmutableArray<StatementSubject> matching, ImmutableDictionary<string, string> required)
    {
        var annotated = matching.FirstOrDefault(s => RequiredAnnotations.Missing(required, s.Annotations) is null);
        // check: statement-annotations
        if (annotated is null)
        {
            return Finding.Invalid<StatementSubject>(RequiredAnnotations.Missing(required, matching[0].Annotations)!);
        }

        return Finding.Pass(annotated, required.IsEmpty ? "none required" : $"all {required.Count} required annotations are signed");
    }
}
