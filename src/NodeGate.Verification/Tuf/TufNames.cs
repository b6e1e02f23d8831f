using NodeGate.Verification.Strict;

namespace NodeGate.Verification.Tuf;

/// <summary>
/// Names of roles and target files become parts of URLs and files' names. They are a stranger's text until proven signed, and a repository
/// that signs <c>../../x</c> must not write there either (CVE-2026-24137, CVE-2026-24686).
/// </summary>
internal static class TufNames
{
    /// <summary>The name of a role's file without version: one segment, whatever the role is called.</summary>
    public static string FileOf(string role)
    {
        var escaped = Uri.EscapeDataString(role);
        // check: tuf-role-name-length
        if (escaped.Length > TufLimits.MaxNameBytes)
        {
            throw new TufException(TufFailureReason.UnsafeName, $"the role {Shown.Text(role)} has a name of more than {TufLimits.MaxNameBytes} bytes");
        }

        return escaped + ".json";
    }

    /// <exception cref="TufException">The target file's name is no plain relative path.</exception>
    public static void RequireSafe(string target)
    {
        // check: tuf-target-name
        if (target.Split('/').Any(part => part is "" or "." or ".." || part.Any(c => c is '\\' || char.IsControl(c))))
        {
            throw new TufException(
                TufFailureReason.UnsafeName, $"the target file {Shown.Text(target)} is not named by a plain relative path, without '..' and empty parts");
        }

        // check: tuf-target-name-length
        if (Uri.EscapeDataString(target).Length > TufLimits.MaxNameBytes)
        {
            throw new TufException(TufFailureReason.UnsafeName, $"the target file {Shown.Text(target)} has a name of more than {TufLimits.MaxNameBytes} bytes");
        }
    }

    /// <summary>Where a target file lies below the repository's folder of target files; with <paramref name="hash"/> under its consistent name.</summary>
    public static string PathOf(string target, string? hash)
    {
        var parts = target.Split('/');
        if (hash is not null)
        {
            parts[^1] = $"{hash}.{parts[^1]}";
        }

        return string.Join('/', parts.Select(Uri.EscapeDataString));
    }
}
