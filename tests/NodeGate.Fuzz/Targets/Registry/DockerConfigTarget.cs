using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Fuzz.Engine;
using NodeGate.Fuzz.References;
using NodeGate.Oci;
using NodeGate.Registry.Auth;
using NodeGate.Testing.Files;

namespace NodeGate.Fuzz.Targets.Registry;

/// <summary>config.json of docker. Oracles: only ContentException is thrown, without a secret; a host gets nothing that does not stand below its own name.</summary>
internal sealed class DockerConfigTarget : IFuzzTarget
{
    private static readonly string[] Hosts = ["ghcr.io", "docker.io", "registry.example:5000", "other.example"];

    public string Name => "docker-config";

    public IReadOnlyList<Type> Parsers => [typeof(DockerConfig)];

    public IEnumerable<byte[]> Seeds => Text.Each(
        """{"auths":{"ghcr.io":{"auth":"dXNlcjpzM2NyM3Q="},"https://index.docker.io/v1/":{"username":"hub","password":"s3cr3t-hub"},"registry.example:5000/team":{"identitytoken":"s3cr3t-token"}}}""",
        """{"auths":{"ghcr.io":{}},"credsStore":"desktop","credHelpers":{"gcr.io":"gcloud"},"HttpHeaders":{"a":"b"}}""");

    public string Check(byte[] input)
    {
        using var folder = new ScratchFolder();
        File.WriteAllBytes(folder.At("config.json"), input);
        var config = new DockerConfig(folder.At("config.json"), NullLogger.Instance);
        try
        {
            var found = Hosts.Select(host => (Host: host, Credential: config.For(host, "team/app"))).Where(pair => pair.Credential is not null).ToArray();
            if (JsonReference.Read(input, 64) is not { } tree)
            {
                // Not Unicode, in a text that is not used.
                return "accepted, not strict";
            }

            var auths = JsonTree.At(tree, "auths") as Dictionary<string, object>;
            foreach (var (host, credential) in found)
            {
                var own = auths?.Where(entry => Belongs(entry.Key, host)).Select(entry => entry.Value).ToArray() ?? [];
                FuzzFailure.Unless(own.Any(entry => Holds(entry, credential!)), $"the credential for {host} stands below its name");
            }

            return $"{found.Length} credentials, tokens {found.Count(pair => pair.Credential!.IsIdentityToken)}";
        }
        catch (ContentException e)
        {
            FuzzFailure.Unless(!e.Message.Contains("s3cr3t", StringComparison.Ordinal), "no message quotes a secret");
            return Outcome.Refused(e.Message[e.Message.IndexOf('(', StringComparison.Ordinal)..]);
        }
    }

    private static bool Belongs(string key, string host)
    {
        var lower = key.ToLowerInvariant();
        return lower.Contains(host, StringComparison.Ordinal) || (host == "docker.io" && lower.Contains("docker.io", StringComparison.Ordinal));
    }

    private static bool Holds(object entry, HostCredential credential)
    {
        if (JsonTree.Text(entry, "auth") is { Length: > 0 } auth)
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(auth));
            return pair.TrimEnd('\0') == $"{credential.Username}:{credential.Secret}".TrimEnd('\0') || JsonTree.Text(entry, "identitytoken") == credential.Secret;
        }

        return (JsonTree.Text(entry, "username") == credential.Username && (JsonTree.Text(entry, "password") ?? "") == credential.Secret)
            || JsonTree.Text(entry, "identitytoken") == credential.Secret;
    }
}
