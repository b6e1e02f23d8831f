namespace NodeGate.Webhook.Reviews;

/// <summary>A kind of the API. Compared as the API server does, letter by letter.</summary>
/// <param name="Group">The group; empty for the core group.</param>
/// <param name="Version">The version.</param>
/// <param name="Kind">The kind.</param>
internal sealed record ObjectKind(string Group, string Version, string Kind)
{
    /// <summary>Group and version as an object's <c>apiVersion</c> has them.</summary>
    internal string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>From an <c>apiVersion</c> and a <c>kind</c>.</summary>
    internal static ObjectKind Of(string apiVersion, string kind) => apiVersion.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0
        ? new ObjectKind(apiVersion[..slash], apiVersion[(slash + 1)..], kind)
        : new ObjectKind("", apiVersion, kind);

    /// <inheritdoc/>
    public override string ToString() => $"{ApiVersion} {Kind}";
}
