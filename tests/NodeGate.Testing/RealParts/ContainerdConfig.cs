namespace NodeGate.Testing.RealParts;

/// <summary>containerd's configuration: everything that would be outside the test's folder is moved into it or switched off.</summary>
internal static class ContainerdConfig
{
    public static string For(string version, TestFolder folder, string certsDir, string snapshotter, ContainerdOptions options)
    {
        var common = $"""
            root = "{folder.At("root")}"
            state = "{folder.At("state")}"
            oom_score = 0
            disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.blockfile", "io.containerd.snapshotter.v1.erofs", "io.containerd.differ.v1.erofs", "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp", "io.containerd.nri.v1.nri"]
            [grpc]
              address = "{folder.At("c.sock")}"
              max_recv_message_size = 16777216
              max_send_message_size = 16777216
            [ttrpc]
              address = "{folder.At("t.sock")}"
            [plugins."io.containerd.internal.v1.opt"]
              path = "{folder.At("opt")}"
            """;
        var cri = version.StartsWith("1.", StringComparison.Ordinal) ? Version1(folder, certsDir, snapshotter, options) : Version2(folder, certsDir, snapshotter, options);
        return $"{cri.Version}\n{common}\n{cri.Plugins}\n{options.ExtraConfig}\n";
    }

    private static (string Version, string Plugins) Version1(TestFolder folder, string certsDir, string snapshotter, ContainerdOptions options) => ("version = 2", $"""
        [plugins."io.containerd.grpc.v1.cri"]
          sandbox_image = "{options.SandboxImage}"
          restrict_oom_score_adj = true
          stream_server_address = "127.0.0.1"
          stream_server_port = "0"
          [plugins."io.containerd.grpc.v1.cri".containerd]
            snapshotter = "{snapshotter}"
            default_runtime_name = "runc"
            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
              runtime_type = "io.containerd.runc.v2"
              [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                BinaryName = "{Runc}"
          [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = "{folder.At("cni-bin")}"
            conf_dir = "{folder.At("cni-conf")}"
          [plugins."io.containerd.grpc.v1.cri".registry]
            config_path = "{certsDir}"
        """);

    private static (string Version, string Plugins) Version2(TestFolder folder, string certsDir, string snapshotter, ContainerdOptions options) => ("version = 3", $"""
        [plugins."io.containerd.image-verifier.v1.bindir"]
          bin_dir = "{folder.At("verifiers")}"
        [plugins."io.containerd.grpc.v1.cri"]
          stream_server_address = "127.0.0.1"
          stream_server_port = "0"
        [plugins."io.containerd.cri.v1.images"]
          snapshotter = "{snapshotter}"
          [plugins."io.containerd.cri.v1.images".pinned_images]
            sandbox = "{options.SandboxImage}"
          [plugins."io.containerd.cri.v1.images".registry]
            config_path = "{certsDir}"
        [plugins."io.containerd.cri.v1.runtime"]
          restrict_oom_score_adj = true
          [plugins."io.containerd.cri.v1.runtime".containerd]
            default_runtime_name = "runc"
            [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
              runtime_type = "io.containerd.runc.v2"
              [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
                BinaryName = "{Runc}"
          [plugins."io.containerd.cri.v1.runtime".cni]
            bin_dirs = ["{folder.At("cni-bin")}"]
            conf_dir = "{folder.At("cni-conf")}"
        """);

    private static string Runc => Tools.Has("runc") ? Tools.Path("runc") : "runc";
}
