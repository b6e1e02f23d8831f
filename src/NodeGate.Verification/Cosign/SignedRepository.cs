using NodeGate.Oci;
using NodeGate.Verification.Steps;
using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Cosign;

/// <summary>
/// Step <c>repository</c>: the payload names the repository that is pulled, so that a good signature cannot vouch for the same bytes
/// under a name that the signer never gave them. cosign itself does not look.
/// </summary>
internal static class SignedRepository
{
    /// <param name="text">The payload's <c>docker-reference</c>, in any spelling that containerd would normalise to the repository.</param>
    /// <param name="subject">What is pulled.</param>
    /// <param name="alternative">Another repository that the policy allows the payload to name, or null.</param>
    public static Finding<bool> Check(string text, SignedSubject subject, string? alternative)
    {
        // check: repository-reference
        if (!ImageReference.TryParse(text, out var named, out _))
        {
            return Finding.Invalid<bool>($"the payload's docker-reference {Shown.Text(text)} is not a reference");
        }

        // check: repository
        if (named.Name != subject.Reference.Name && !Names(alternative, named))
        {
            return Finding.Invalid<bool>(
                $"the signature is for {Shown.Text(named.Name)}, not for {Shown.Text(subject.Reference.Name)}; if this is a mirror, name it in the rule's signedRepository");
        }

        // cosign writes a tag only when asked to (--sign-container-identity); a signer who asked meant it.
        // check: repository-tag
        if (TagOf(text) is { } tag && subject.Reference.Tag is { } pulled && tag != pulled)
        {
            return Finding.Invalid<bool>($"the signature is for the tag {Shown.Text(tag)}, not for {Shown.Text(pulled)}");
        }

        // check: repository-digest
        if (named.Digest is { } digest && digest != subject.Sha256 && digest != subject.Descriptor.Digest)
        {
            return Finding.Invalid<bool>($"the payload's docker-reference has the digest {digest}, not {subject.Sha256}");
        }

        return Finding.Pass(true, named.Name);
    }

    private static bool Names(string? alternative, ImageReference named) =>
        ImageReference.TryParse(alternative, out var allowed, out _) && allowed.Name == named.Name;

    /// <summary>
    /// The tag that the text itself has, or null: parsing puts "latest" where there is none, and drops the tag where a digest follows it.
    /// </summary>
    public static string? TagOf(string text)
    {
        var digest = text.IndexOf('@', StringComparison.Ordinal);
        var untilDigest = digest < 0 ? text : text[..digest];
        return ImageReference.TryParse(untilDigest, out var named, out _) && untilDigest.EndsWith(":" + named.Tag, StringComparison.Ordinal) ? named.Tag : null;
    }
}
