using System.Collections.Immutable;
using NodeGate.Oci;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Certificates;

/// <summary>Who a Fulcio certificate says its key's holder is.</summary>
/// <param name="Issuer">The OIDC issuer that vouched for the subject.</param>
/// <param name="Subject">The certificate's one subject alternative name.</param>
/// <param name="Kind">The subject's kind.</param>
/// <param name="Extensions">Fulcio's other extensions, by name (<see cref="CertificateExtensionNames"/>).</param>
internal sealed record SigningIdentity(string Issuer, string Subject, SubjectKind Kind, ImmutableDictionary<string, string> Extensions)
{
    private const int ShownIdentities = 3;

    /// <summary>Reads the identity of a certificate whose path was verified.</summary>
    public static Finding<SigningIdentity> Read(Certificate certificate)
    {
        var finding = Finding.Read(DecisionReason.CertificateInvalid, string.Empty, () => FulcioExtensions.ReadIdentity(certificate));
        return finding is { Holds: true, Value: { } identity }
            ? Finding.Pass(identity, $"{Shown.Text(identity.Subject)}, by issuer {Shown.Text(identity.Issuer)}")
            : finding;
    }

    /// <summary>Step <c>identity</c>: it is one that the authority names, by issuer and subject.</summary>
    public static Finding<IdentityRequirement> Check(SigningIdentity identity, ImmutableArray<IdentityRequirement> requirements)
    {
        foreach (var requirement in requirements)
        {
            var issuer = requirement.Issuer.Matches(identity.Issuer);
            var subject = requirement.Subject.Matches(identity.Subject);
            // check: identity-issuer
            if (!issuer)
            {
                continue;
            }

            // check: identity-subject
            if (!subject)
            {
                continue;
            }

            return Finding.Pass(requirement, $"issuer {requirement.Issuer} and subject {requirement.Subject}");
        }

        return Finding.Fail<IdentityRequirement>(
            DecisionReason.IdentityMismatch,
            $"signed by {Shown.Text(identity.Subject)} with issuer {Shown.Text(identity.Issuer)}; expected {Expected(identity, requirements)}");
    }

    /// <summary>Step <c>certificateExtensions</c>: each that the authority asks for is there with its value.</summary>
    public static Finding<bool> CheckExtensions(SigningIdentity identity, ImmutableDictionary<string, string> required)
    {
        foreach (var (name, value) in required.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            var actual = identity.Extensions.GetValueOrDefault(name);
            // check: identity-extension
            if (!string.Equals(actual, value, StringComparison.Ordinal))
            {
                var found = actual is null ? "is not in the certificate" : $"is {Shown.Text(actual)}";
                return Finding.Fail<bool>(DecisionReason.IdentityMismatch, $"the extension {Shown.Text(name)} {found}; expected {Shown.Text(value)}");
            }
        }

        return Finding.Pass(true, required.IsEmpty ? "none required" : $"all {required.Count} required extensions have their values");
    }

    private static string Expected(SigningIdentity identity, ImmutableArray<IdentityRequirement> requirements)
    {
        // The nearest first: the one whose subject is right has most likely the wrong issuer by mistake.
        var nearest = requirements.OrderByDescending(r => (r.Subject.Matches(identity.Subject) ? 2 : 0) + (r.Issuer.Matches(identity.Issuer) ? 1 : 0));
        var texts = nearest.Take(ShownIdentities).Select(r => $"subject {r.Subject} with issuer {r.Issuer}");
        var more = requirements.Length > ShownIdentities ? $", or one of {requirements.Length - ShownIdentities} more" : string.Empty;
        return requirements.IsEmpty ? "one that the authority names, and it names none" : string.Join(", or ", texts) + more;
    }
}
