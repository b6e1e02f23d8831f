using NodeGate.EndToEnd.Flows;
using NodeGate.Testing.RealParts;

namespace NodeGate.EndToEnd.Webhook;

/// <summary>Both edges under one policy: a containerd with the daemon in front of it, and webhooks. Made when a test first asks.</summary>
public sealed class WebhookWorld : IAsyncLifetime
{
    private readonly Lazy<Task<WebhookImages>> _images = new(WebhookImages.MakeAsync);
    private readonly Lazy<Task<FlowNode>> _node;
    private readonly Lazy<Task<WebhookProcess>> _pinning;
    private readonly Lazy<Task<WebhookProcess>> _judging;

    public WebhookWorld()
    {
        _node = new Lazy<Task<FlowNode>>(async () =>
        {
            var images = await ImagesAsync();
            return await FlowNode.StartAsync("2.1", await Crane.MakePauseImageAsync(images.Host), images.Policy);
        });
        _pinning = new Lazy<Task<WebhookProcess>>(() => StartAsync());
        _judging = new Lazy<Task<WebhookProcess>>(() => StartAsync(", pin: none"));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var webhook in new[] { _pinning, _judging }.Where(webhook => webhook.IsValueCreated))
        {
            await (await webhook.Value).DisposeAsync();
        }

        if (_node.IsValueCreated)
        {
            await (await _node.Value).DisposeAsync();
        }

        if (_images.IsValueCreated)
        {
            await (await _images.Value).DisposeAsync();
        }
    }

    internal Task<WebhookImages> ImagesAsync() => _images.Value;

    internal Task<FlowNode> NodeAsync() => _node.Value;

    /// <summary>The webhook as it is shipped: pods are pinned.</summary>
    internal Task<WebhookProcess> PinningAsync() => _pinning.Value;

    /// <summary>A webhook with <c>pin: none</c>, which is asked exactly what a node is asked.</summary>
    internal Task<WebhookProcess> JudgingAsync() => _judging.Value;

    /// <summary>A webhook of the caller's own.</summary>
    internal async Task<WebhookProcess> StartAsync(string keys = "", string? policy = null) =>
        await WebhookProcess.StartAsync(new WebhookSetup { Policy = policy ?? (await ImagesAsync()).Policy, Keys = keys });
}
