using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeGate.Testing.RealParts;

/// <summary>Writes an OCI image layout that `crane push` takes: one base layer with busybox, one layer with the seed.</summary>
internal static class ImageLayout
{
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly Lazy<Layer> Base = new(BaseLayer);

    /// <summary>Returns the digest of the manifest.</summary>
    public static string Write(string folder, ImageRecipe recipe)
    {
        var blobs = Directory.CreateDirectory(Path.Combine(folder, "blobs/sha256")).FullName;
        Layer[] layers = [Base.Value, Layer.From(Tar(("seed", Encoding.UTF8.GetBytes(recipe.Seed)), ("padding", RandomNumberGenerator.GetBytes(recipe.PaddingBytes))))];
        var docker = recipe.DockerMediaTypes;
        var config = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["architecture"] = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64",
            ["os"] = "linux",
            ["config"] = new JsonObject
            {
                ["User"] = recipe.User,
                ["Env"] = new JsonArray("PATH=/bin"),
                ["Entrypoint"] = new JsonArray([.. recipe.Entrypoint.Select(word => (JsonNode)word)]),
                ["Labels"] = new JsonObject(recipe.Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
            },
            ["rootfs"] = new JsonObject
            {
                ["type"] = "layers",
                ["diff_ids"] = new JsonArray([.. layers.Select(layer => (JsonNode)layer.DiffId)]),
            },
        }.ToJsonString());
        var manifestType = docker ? "application/vnd.docker.distribution.manifest.v2+json" : "application/vnd.oci.image.manifest.v1+json";
        var layerType = docker ? "application/vnd.docker.image.rootfs.diff.tar.gzip" : "application/vnd.oci.image.layer.v1.tar+gzip";
        var manifest = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = manifestType,
            ["config"] = Descriptor(docker ? "application/vnd.docker.container.image.v1+json" : "application/vnd.oci.image.config.v1+json", config),
            ["layers"] = new JsonArray([.. layers.Select(layer => (JsonNode)Descriptor(layerType, layer.Compressed))]),
        }.ToJsonString());
        foreach (var blob in layers.Select(layer => layer.Compressed).Append(config).Append(manifest))
        {
            File.WriteAllBytes(Path.Combine(blobs, Hex(blob)), blob);
        }

        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(Path.Combine(folder, "index.json"), new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.index.v1+json",
            ["manifests"] = new JsonArray(Descriptor(manifestType, manifest)),
        }.ToJsonString());
        return "sha256:" + Hex(manifest);
    }

    private static JsonObject Descriptor(string mediaType, byte[] blob) => new()
    {
        ["mediaType"] = mediaType,
        ["digest"] = "sha256:" + Hex(blob),
        ["size"] = blob.Length,
    };

    private static string Hex(byte[] blob) => Convert.ToHexStringLower(SHA256.HashData(blob));

    private static Layer BaseLayer()
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var folder in new[] { "bin/", "etc/", "proc/", "sys/", "dev/", "tmp/" })
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.Directory, folder) { Mode = Executable, ModificationTime = DateTimeOffset.UnixEpoch });
            }

            using var program = File.OpenRead(Tools.Path("busybox"));
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "bin/busybox") { Mode = Executable, DataStream = program, ModificationTime = DateTimeOffset.UnixEpoch });
            foreach (var applet in new[] { "sh", "sleep", "cat", "id", "echo", "ls", "true", "false" })
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox", ModificationTime = DateTimeOffset.UnixEpoch });
            }

            WriteFile(writer, "etc/passwd", "root:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n"u8.ToArray());
            WriteFile(writer, "etc/group", "root:x:0:\napp:x:1000:\n"u8.ToArray());
        }

        return Layer.From(tar.ToArray());
    }

    private static byte[] Tar(params ReadOnlySpan<(string Name, byte[] Content)> files)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                WriteFile(writer, name, content);
            }
        }

        return tar.ToArray();
    }

    private static void WriteFile(TarWriter writer, string name, byte[] content) =>
        writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            DataStream = new MemoryStream(content),
            Mode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            ModificationTime = DateTimeOffset.UnixEpoch,
        });

    private sealed record Layer(string DiffId, byte[] Compressed)
    {
        public static Layer From(byte[] tar)
        {
            using var compressed = new MemoryStream();
            using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(tar);
            }

            return new Layer("sha256:" + Hex(tar), compressed.ToArray());
        }
    }
}
