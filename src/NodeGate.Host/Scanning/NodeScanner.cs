using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeGate.CriProxy;
using NodeGate.CriProxy.Inventory;
using NodeGate.Gate;
using NodeGate.Host.Daemon;
using NodeGate.Oci;
using NodeGate.Policy;

namespace NodeGate.Host.Scanning;

/// <summary>Judges every image that is on the node, a few at once. What cannot be judged is a row as well, and stops no other.</summary>
internal sealed class NodeScanner(NodeInventory inventory, SandboxImages sandboxes, IImageGate gate, ILogger logger)
{
    /// <summary>One step at once with the number of images, then one for each image.</summary>
    /// <exception cref="NodeGateException">containerd did not say what is on the node.</exception>
    internal async IAsyncEnumerable<ScanStep> ScanAsync(ScanRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var images = Choose(await inventory.ListAsync(cancellationToken), request.Namespaces);
        if (request.Namespaces.Count > 0)
        {
            yield return new ScanStep(0, images.Count, "", []);
        }
        else
        {
            // First, so that it is not judged a second time as an image like the others, which the CRI lists it among.
            var sandbox = await sandboxes.ExamineAsync([], cancellationToken);
            images.RemoveAll(image => image.Uses.IsEmpty && image.Image.Id == sandbox.Image?.Id);
            yield return new ScanStep(0, images.Count, sandbox.Reference ?? "", RowsOf(sandbox));
        }

        var results = Channel.CreateUnbounded<(string Image, ImmutableArray<ScanRow> Rows)>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var judging = JudgeAllAsync(images, results.Writer, stop.Token);
        var done = 0;
        try
        {
            await foreach (var (image, rows) in results.Reader.ReadAllAsync(cancellationToken))
            {
                yield return new ScanStep(++done, images.Count, image, rows);
            }
        }
        finally
        {
            // Whoever stops reading stops the judging as well.
            await stop.CancelAsync();
            await judging.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static List<NodeImage> Choose(ImmutableArray<NodeImage> images, IReadOnlyList<string> namespaces) => namespaces.Count == 0
        ? [.. images]
        : [.. images.Select(image => image with { Uses = image.Uses.RemoveAll(use => !namespaces.Contains(use.Namespace)) }).Where(image => !image.Uses.IsEmpty)];

    private async Task JudgeAllAsync(
        List<NodeImage> images, ChannelWriter<(string Image, ImmutableArray<ScanRow> Rows)> results, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = ScanLimits.Parallel, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForEachAsync(
                images, options, async (image, cancelled) => await results.WriteAsync((image.Image.Asked, await JudgeAsync(image, cancelled)), cancelled));
        }
        finally
        {
            results.Complete();
        }
    }

    private async Task<ImmutableArray<ScanRow>> JudgeAsync(NodeImage node, CancellationToken cancellationToken)
    {
        var image = node.Image;
        try
        {
            var decisions = await gate.ExamineAsync(image, [.. node.Uses.Select(use => use.Namespace)], cancellationToken);
            return [.. decisions.Select(decision => ScanRow.Of(image.Asked, image.Id, decision, UsedIn(node, decision.Effective.Basis.Namespace)))];
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            HostLog.NotJudged(logger, fault, image.Asked, image.Id);
            return [Broken(image.Asked, image.Id, node.Uses.Sum(use => use.Containers))];
        }
    }

    private static ImmutableArray<ScanRow> RowsOf(SandboxImageReport sandbox)
    {
        var name = sandbox.Reference ?? "(sandbox image)";
        var id = sandbox.Image?.Id ?? "";
        return sandbox.Decisions.IsEmpty
            ? [Broken(name, id, 0) with { IsSandboxImage = true, Reason = SandboxImageWatch.Describe(sandbox).Reason, Message = sandbox.Problem ?? "" }]
            : [.. sandbox.Decisions.Select(decision => ScanRow.Of(name, id, decision, 0) with { IsSandboxImage = true })];
    }

    private static int UsedIn(NodeImage node, string? @namespace) =>
        node.Uses.FirstOrDefault(use => string.Equals(use.Namespace, @namespace, StringComparison.Ordinal))?.Containers ?? 0;

    private static ScanRow Broken(string image, string id, int containers) => new()
    {
        Image = image,
        Id = id,
        Digest = null,
        Namespace = null,
        Decision = nameof(Decision.Undetermined),
        Reason = nameof(DecisionReason.InternalError),
        Rule = null,
        Mode = "enforce",
        Containers = containers,
        Message = "NodeGate failed while judging the image; its log on this node tells why.",
    };
}
