using System.Collections.Immutable;

namespace NodeGate.Webhook.Reviews;

/// <summary>Which kinds are known, and where their images stand.</summary>
internal sealed class ResourceKinds(ImmutableArray<ResourceImages> configured)
{
    private const string BuiltInVersion = "v1";

    private static readonly ImmutableArray<ResourceImages> BuiltIn =
    [
        With("", "Pod", "spec"),
        With("", "ReplicationController", "spec.template.spec"),
        With("apps", "ReplicaSet", "spec.template.spec"),
        With("apps", "Deployment", "spec.template.spec"),
        With("apps", "StatefulSet", "spec.template.spec"),
        With("apps", "DaemonSet", "spec.template.spec"),
        With("batch", "Job", "spec.template.spec"),
        With("batch", "CronJob", "spec.jobTemplate.spec.template.spec"),
    ];

    /// <summary>What is built in for <paramref name="kind"/>; null for another kind, or another version of it: that may have other fields.</summary>
    internal static ResourceImages? FindBuiltIn(ObjectKind kind) =>
        string.Equals(kind.Version, BuiltInVersion, StringComparison.Ordinal) ? BuiltIn.FirstOrDefault(r => IsOf(r, kind)) : null;

    /// <summary>True for the one kind that runs, and that nobody keeps in git.</summary>
    internal static bool IsPod(ObjectKind kind) => kind is { Group: "", Kind: "Pod" };

    /// <summary>What is built in and what is configured for <paramref name="kind"/>; empty where the kind is not known.</summary>
    internal ImmutableArray<ResourceImages> Find(ObjectKind kind)
    {
        var own = configured.Where(r => IsOf(r, kind));
        return FindBuiltIn(kind) is { } builtIn ? [builtIn, .. own] : [.. own];
    }

    private static bool IsOf(ResourceImages resource, ObjectKind kind) =>
        string.Equals(resource.Group, kind.Group, StringComparison.Ordinal) && string.Equals(resource.Kind, kind.Kind, StringComparison.Ordinal);

    private static ResourceImages With(string group, string kind, string podSpec) => new(group, kind, [ImagePlaces.PathOf(podSpec)], []);
}
