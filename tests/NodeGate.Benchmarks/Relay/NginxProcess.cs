using NodeGate.Testing.RealParts;

namespace NodeGate.Benchmarks.Relay;

/// <summary>Debian's nginx: as a gRPC proxy between two unix sockets the measure for the relay, with a fixed answer over TLS that for the webhook.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private readonly ChildProcess _process;

    private NginxProcess(TestFolder folder, ChildProcess process, int port)
    {
        _folder = folder;
        _process = process;
        Port = port;
    }

    internal string SocketPath => _folder.At("x.sock");

    /// <summary>The port of <see cref="StartTlsAsync"/>; else 0.</summary>
    internal int Port { get; }

    internal int ProcessId => _process.Id;

    internal static Task<NginxProcess> StartAsync(string upstream) => StartAsync(port: 0, socket => $$"""
        upstream containerd {
            server unix:{{upstream}};
            keepalive 16;
            keepalive_requests 1000000;
          }
          server {
            listen unix:{{socket}} http2;
            location / { grpc_pass grpc://containerd; }
          }
        """);

    /// <summary>Answers a review that allows to every request, over TLS; the unix socket is only there to be asked whether it runs.</summary>
    internal static Task<NginxProcess> StartTlsAsync(string certificate, string key)
    {
        var port = Probe.FreePort();
        return StartAsync(port, socket => $$"""
            server {
                listen unix:{{socket}};
                listen 127.0.0.1:{{port}} ssl http2;
                ssl_certificate {{certificate}};
                ssl_certificate_key {{key}};
                default_type application/json;
                location / { return 200 '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"705ab4f5-6393-11e8-b7cc-000000000000","allowed":true} }'; }
              }
            """);
    }

    private static async Task<NginxProcess> StartAsync(int port, Func<string, string> servers)
    {
        var folder = TestFolder.Create();
        var config = folder.Write("nginx.conf", Config(folder, servers(folder.At("x.sock"))));
        var process = ChildProcess.Start("nginx", Tools.Path("nginx"), ["-p", folder.Path, "-e", folder.At("nginx.log"), "-c", config], folder.Path);
        var nginx = new NginxProcess(folder, process, port);
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
    private static string Config(TestFolder folder, string servers) => $$"""
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
          {{servers}}
        }
        """;
}
