using System.Collections.Immutable;
using NodeGate.Webhook.Certificates;
using NodeGate.Webhook.Reviews;

namespace NodeGate.Host.Configuration;

/// <summary>Reads the key <c>webhook</c>.</summary>
internal static class WebhookReader
{
    /// <summary>Most kinds in <c>webhook.resources</c>, and most paths of one.</summary>
    internal const int MaxResources = 64;

    internal static WebhookConfig Read(ConfigSection section, WebhookConfig defaults)
    {
        var webhook = new WebhookConfig
        {
            Listen = section.Address("listen", defaults.Listen)!,
            Certificate = section.OptionalPath("certificate"),
            Key = section.OptionalPath("key"),
            ClientCa = section.OptionalPath("clientCa"),
            Deadline = section.Duration("deadline", defaults.Deadline),
            Pin = section.OneOf<PinMode>("pin", ("none", PinMode.None), ("pods", PinMode.Pods), ("all", PinMode.All)) ?? defaults.Pin,
            Credentials = section.OneOf<WebhookCredentials>(
                "credentials",
                ("pullSecrets", WebhookCredentials.PullSecrets), ("dockerConfig", WebhookCredentials.DockerConfig), ("none", WebhookCredentials.None)),
            DockerConfig = section.OptionalPath("dockerConfig"),
            SelfSigned = ReadSelfSigned(section.Section("selfSigned")),
            Resources = [.. section.Sections("resources", MaxResources).Select(ReadResource).OfType<ResourceImages>()],
        };
        section.RefuseOthers();
        if (section.IsPresent)
        {
            RefuseContradictions(section, webhook);
        }

        return webhook;
    }

    private static void RefuseContradictions(ConfigSection section, WebhookConfig webhook)
    {
        if (webhook.SelfSigned is not null && (webhook.Certificate ?? webhook.Key) is not null)
        {
            section.Refuse("selfSigned", "'selfSigned' beside 'certificate' or 'key'", "one of the two: a certificate of our own making, or files");
        }

        if (webhook.Certificate is null != webhook.Key is null)
        {
            section.Refuse(webhook.Key is null ? "certificate" : "key", "one of 'certificate' and 'key'", "both, or neither");
        }

        if (webhook.Credentials == WebhookCredentials.DockerConfig && webhook.DockerConfig is null)
        {
            section.Refuse("credentials", "'credentials: dockerConfig' without 'dockerConfig'", "'dockerConfig' with the path of a docker config.json");
        }
    }

    private static SelfSignedOptions? ReadSelfSigned(ConfigSection section)
    {
        if (!section.IsPresent)
        {
            return null;
        }

        var (space, secret, service) = (section.ObjectName("namespace"), section.ObjectName("secret"), section.ObjectName("service"));
        var configurations = section.Texts("configurations");
        section.RefuseOthers();
        // An empty name is one that was refused already.
        if (!SelfSignedOptions.TryCreate(space, secret, service, configurations, out var options, out var problem)
            && space.Length > 0 && secret.Length > 0 && service.Length > 0)
        {
            section.Refuse("configurations", "a name that cannot be one, or no configurations", problem);
        }

        return options;
    }

    private static ResourceImages? ReadResource(ConfigSection section)
    {
        var kind = section.Text("kind");
        var group = section.Text("group") ?? "";
        var podSpecs = Paths(section, "podSpecs");
        var images = Paths(section, "images");
        section.RefuseOthers();
        if (kind is null)
        {
            section.Refuse("kind", "no 'kind'", "the kind, such as Rollout");
            return null;
        }

        if (podSpecs.IsEmpty && images.IsEmpty)
        {
            section.Refuse("images", "neither 'podSpecs' nor 'images'", "paths such as $.spec.template.spec, or $.spec.image");
            return null;
        }

        return new ResourceImages(group, kind, podSpecs, images);
    }

    private static ImmutableArray<ObjectPath> Paths(ConfigSection section, string key)
    {
        var paths = ImmutableArray.CreateBuilder<ObjectPath>();
        foreach (var text in section.Texts(key))
        {
            if (paths.Count == MaxResources)
            {
                section.Refuse(key, $"more than {MaxResources} paths", $"at most {MaxResources}");
                break;
            }

            if (ObjectPath.TryParse(text, out var path, out var error))
            {
                paths.Add(path);
            }
            else
            {
                section.Refuse(key, error, "a path such as $.spec.template.spec or $.spec.steps[*].image");
            }
        }

        return paths.ToImmutable();
    }
}
