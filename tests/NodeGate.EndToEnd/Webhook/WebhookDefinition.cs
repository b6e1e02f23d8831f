namespace NodeGate.EndToEnd.Webhook;

/// <summary>The classes that share a <see cref="WebhookWorld"/>.</summary>
[CollectionDefinition(Name)]
public sealed class WebhookDefinition : ICollectionFixture<WebhookWorld>
{
    public const string Name = "webhook";
}
