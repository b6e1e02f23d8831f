using System.Text.Json;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Webhook.Reviews;

/// <summary>
/// The images of the object that made the reviewed one. Only the object itself counts, never what the reviewed one says of it: whoever may create a
/// pod writes its owner references as well.
/// </summary>
internal static class OwnerImages
{
    /// <summary>
    /// True where the controlling owner is of a built-in kind, is there, and carries each of <paramref name="texts"/>. Finding nothing denies nothing.
    /// </summary>
    internal static async Task<bool> CarryAsync(
        IWorkloadOwners owners, JsonElement @object, string @namespace, IEnumerable<string> texts, ReviewClock clock)
    {
        if (ControllerOf(@object) is not { } owner
            || ResourceKinds.FindBuiltIn(ObjectKind.Of(owner.ApiVersion, owner.Kind)) is not { } resource)
        {
            return false;
        }

        try
        {
            using var found = await owners.FindAsync(owner, @namespace, clock.Lookups);
            return found is not null && ImagePlaces.Find(found.RootElement, [resource]) is { IsTruncated: false, Faults: [] } places
                && places.Images.Select(p => p.Text).ToHashSet(StringComparer.Ordinal).IsSupersetOf(texts);
        }
        catch (OperationCanceledException) when (!clock.Caller.IsCancellationRequested)
        {
            // Then the object is judged by itself.
            return false;
        }
    }

    /// <summary>The one entry with <c>controller: true</c>; others only keep the object from being collected.</summary>
    private static WorkloadOwner? ControllerOf(JsonElement @object)
    {
        if (JsonMembers.Member(@object, "metadata", JsonValueKind.Object) is not { } metadata
            || JsonMembers.Member(metadata, "ownerReferences", JsonValueKind.Array) is not { } references
            || references.EnumerateArray().Where(r => JsonMembers.Member(r, "controller", JsonValueKind.True) is not null)
                .Take(2).ToArray() is not [var controller])
        {
            return null;
        }

        return Text(controller, "apiVersion") is { } apiVersion && Text(controller, "kind") is { } kind
            && Text(controller, "name") is { } name && Text(controller, "uid") is { } uid
            ? new WorkloadOwner(apiVersion, kind, name, uid)
            : null;
    }

    private static string? Text(JsonElement owner, string name) => JsonMembers.Text(owner, name, WebhookLimits.MaxNameLength);
}
