using NodeGate.Testing.RealParts;

namespace NodeGate.Benchmarks.Relay;

/// <summary>Debian's nginx as a gRPC proxy between two unix sockets: the measure for the relay.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private readonly ChildProcess _process;

    private NginxProcess(TestFolder folder, ChildProcess process)
    {
        _folder = folder;
        _process = process;
    }

    internal string SocketPath => _folder.At("x.sock");

    internal int ProcessId => _process.Id;

    internal static async Task<NginxProcess> StartAsync(string upstream)
    {
        var folder = TestFolder.Create();
        var config = folder.Write("nginx.conf", Config(folder, upstream));
        var process = ChildProcess.Start("nginx", Tools.Path("nginx"), ["-p", folder.Path, "-e", folder.At("nginx.log"), "-c", config], folder.Path);
        var nginx = new NginxProcess(folder, process);
        try
        {
            await process.WaitUntilAsync("nginx accepts", cancellationToken => Probe.UnixSocketAsync(nginx.SocketPath, cancellationToken));
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }

        return nginx;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _folder.DisposeAsync();
    }

    // One process: a single client connection is served by a single worker anyway, its CPU time has one owner, and no worker can
    // outlive a bench that was killed. Without the two keepalive_requests calls fail after 1,000.
    private static string Config(TestFolder folder, string upstream) => $$"""
        daemon off;
        master_process off;
        worker_processes 1;
        user root;
        pid {{folder.At("nginx.pid")}};
        events { worker_connections 1024; }
        http {
          access_log off;
          client_body_temp_path {{folder.At("body")}};
          proxy_temp_path {{folder.At("proxy")}};
          fastcgi_temp_path {{folder.At("fastcgi")}};
          uwsgi_temp_path {{folder.At("uwsgi")}};
          scgi_temp_path {{folder.At("scgi")}};
          keepalive_requests 1000000;
          upstream containerd {
            server unix:{{upstream}};
            keepalive 16;
            keepalive_requests 1000000;
          }
          server {
            listen unix:{{folder.At("x.sock")}} http2;
            location / { grpc_pass grpc://containerd; }
          }
        }
        """;
}
