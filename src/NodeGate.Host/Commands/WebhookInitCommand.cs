using System.CommandLine;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Host.Daemon;
using NodeGate.Webhook.Certificates;
using NodeGate.Webhook.Kubernetes;

namespace NodeGate.Host.Commands;

/// <summary><c>nodegate webhook init</c>: the certificates of the self-signed mode, once and from the shell or an init container.</summary>
internal static class WebhookInitCommand
{
    /// <summary>The names in <c>daemonset/webhook</c>.</summary>
    private static readonly (string Namespace, string Secret, string Service, IReadOnlyList<string> Configurations) Shipped =
        ("nodegate", "nodegate-webhook-tls", "nodegate-webhook", ["nodegate-webhook"]);

    internal static Command Create()
    {
        var config = new Option<string?>("--config")
        {
            Description = "Configuration file, for the names in its webhook.selfSigned. Without it they are those of the shipped manifests.",
            HelpName = "FILE",
        };
        var @namespace = new Option<string?>("--namespace", "-n")
        {
            Description = $"The namespace of Secret and Service. {OrElse(Shipped.Namespace)}",
            HelpName = "NS",
        };
        var secret = new Option<string?>("--secret")
        {
            Description = $"The Secret that holds authority and certificate. {OrElse(Shipped.Secret)}",
            HelpName = "NAME",
        };
        var service = new Option<string?>("--service")
        {
            Description = $"The Service that the API server calls. {OrElse(Shipped.Service)}",
            HelpName = "NAME",
        };
        var configurations = new Option<string[]>("--configuration")
        {
            Description = $"Webhook configurations, mutating and validating, whose caBundle is kept. {OrElse(Shipped.Configurations[0])}",
            HelpName = "NAME",
            AllowMultipleArgumentsPerToken = true,
        };
        var server = new Option<string?>("--api-server")
        {
            Description = "The API server: http://127.0.0.1:PORT of a 'kubectl proxy'. Default: that of the cluster that this runs in.",
            HelpName = "URL",
        };
        var print = new Option<bool>("--print") { Description = "Contact nobody; write a Secret, and a kustomize component with the caBundle, to stdout." };
        var command = new Command("init", """
            Make an authority and a certificate for the webhook, keep both in one Secret, and put the authority into the caBundle of the webhook
            configurations. What is there and good stays as it is, so that it may run any number of times. The webhook itself does the same at its
            start and every hour where 'webhook.selfSigned' is set.

            Exit codes: 0 all is as it should be, 2 something is not (each with its fix), 64 usage or bad configuration.

            Examples:
              nodegate webhook init --config /etc/nodegate/config.yaml
              kubectl proxy & nodegate webhook init --api-server http://127.0.0.1:8001 --config config.yaml
              nodegate webhook init --print --namespace nodegate
            """)
        {
            config, @namespace, secret, service, configurations, server, print,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            new Request(
                result.GetValue(config),
                result.GetValue(@namespace),
                result.GetValue(secret),
                result.GetValue(service),
                result.GetValue(configurations) ?? [],
                result.GetValue(server),
                result.GetValue(print)),
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }

    private static string OrElse(string shipped) => $"Default: the configuration's; without --config {shipped}.";

    private static async Task<int> RunAsync(Request request, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (await OptionsAsync(request, error) is not { } options)
        {
            return ExitCode.Usage;
        }

        if (request.Print)
        {
            await output.WriteAsync(Manifest(options));
            return ExitCode.Ok;
        }

        if (!TryFindServer(request.Server, out var cluster, out var problem))
        {
            await error.WriteLineAsync($"nodegate: {problem}.");
            return request.Server is null ? ExitCode.Undetermined : ExitCode.Usage;
        }

        using var client = new KubernetesClient(cluster!, TimeProvider.System, NullLogger<KubernetesClient>.Instance);
        var kept = await new CertificateKeeper(client, options, TimeProvider.System, output.WriteLine).KeepAsync(cancellationToken);
        foreach (var sentence in kept.Problems)
        {
            await error.WriteLineAsync($"nodegate: {sentence}");
        }

        if (!kept.Problems.IsEmpty)
        {
            return ExitCode.Undetermined;
        }

        await output.WriteLineAsync(
            $"Ready: the certificate in the secret '{options.Secret}' lasts until {kept.Expires:u}; {string.Join(", ", options.Configurations)} trust it.");
        return ExitCode.Ok;
    }

    private static bool TryFindServer(string? url, out KubernetesOptions? cluster, out string? problem)
    {
        if (url is not null)
        {
            var isUsable = KubernetesOptions.TryAt(url, KubernetesOptions.DefaultMount, out cluster, out problem);
            problem = $"--api-server: {problem}";
            return isUsable;
        }

        var isThere = WebhookCluster.TryFindServer(out cluster, out problem);
        problem += ", or --api-server http://127.0.0.1:8001 beside 'kubectl proxy', or --print";
        return isThere;
    }

    /// <summary>Each name from its option, else from the configuration that was named, else as shipped; null after the errors were written.</summary>
    private static async Task<SelfSignedOptions?> OptionsAsync(Request request, TextWriter error)
    {
        var names = Shipped;
        if (request.Config is not null)
        {
            if (await Problems.LoadConfigAsync(request.Config, error) is not { } config)
            {
                return null;
            }

            if (config.Webhook.SelfSigned is not { } known)
            {
                await error.WriteLineAsync($"nodegate: {request.Config}: found no 'webhook.selfSigned'; expected it, or no --config.");
                return null;
            }

            names = (known.Namespace, known.Secret, known.Service, known.Configurations);
        }

        if (!SelfSignedOptions.TryCreate(
            request.Namespace ?? names.Namespace,
            request.Secret ?? names.Secret,
            request.Service ?? names.Service,
            request.Configurations.Length > 0 ? request.Configurations : names.Configurations,
            out var options,
            out var problem))
        {
            await error.WriteLineAsync($"nodegate: found a name that cannot be one; expected {problem}.");
        }

        return options;
    }

    /// <summary>YAML: names were checked, and may be numbers; base64 needs no quotes.</summary>
    private static string Manifest(SelfSignedOptions options)
    {
        var data = CertificateKeeper.Make(options, TimeProvider.System.GetUtcNow());
        var text = new StringBuilder($"""
            # secret.yaml: whoever reads it can pass for the webhook. Keep it where secrets are kept.
            apiVersion: v1
            kind: Secret
            metadata:
              name: "{options.Secret}"
              namespace: "{options.Namespace}"
            type: Opaque
            data:

            """);
        foreach (var (key, value) in data)
        {
            text.Append($"  {key}: {value}\n");
        }

        text.Append($$"""
            ---
            # kustomization.yaml of a component, for the kustomization that has this Secret and the webhook configurations.
            apiVersion: kustomize.config.k8s.io/v1alpha1
            kind: Component
            replacements:
              - source: {kind: Secret, name: "{{options.Secret}}", fieldPath: "data.[ca.crt]"}
                targets:

            """);
        foreach (var name in options.Configurations)
        {
            foreach (var kind in new[] { "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration" })
            {
                text.Append($$"""
                          - select: {kind: {{kind}}, name: "{{name}}"}
                            fieldPaths: [webhooks.*.clientConfig.caBundle]
                            options: {create: true}

                    """);
            }
        }

        return text.ToString();
    }

    private sealed record Request(
        string? Config, string? Namespace, string? Secret, string? Service, string[] Configurations, string? Server, bool Print);
}
