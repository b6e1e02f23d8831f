using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodeGate.Host.Commands;
using NodeGate.Host.Control;
using NodeGate.Testing.RealParts;

namespace NodeGate.Host.Tests;

/// <summary>The entry for containerd's image-verifier plugin: exit 0 only where the daemon admitted exactly what containerd is about to pull.</summary>
public sealed class ImageVerifierCommandTests : IAsyncLifetime
{
    private const string Type = "application/vnd.oci.descriptor.v1+json";
    private static readonly string Digest = "sha256:" + new string('a', 64);
    private static readonly string Descriptor =
        $$"""{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"{{Digest}}","size":7,"annotations":{"a":"b"} }""";

    private readonly TestFolder _folder = TestFolder.Create();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _folder.DisposeAsync();

    [Theory]
    [InlineData("Admitted", "Verified", 0)]
    [InlineData("Denied", "NoSignature", 1)]
    [InlineData("Undetermined", "RegistryUnavailable", 1)]
    [InlineData("admitted", "Verified", 1)]
    public async Task RunAsync_DaemonsAnswer_IsTheExitCodeAndOneLine(string decision, string reason, int expected)
    {
        VerifyImageRequest? asked = null;
        await using var server = await StartAsync(request =>
        {
            asked = request;
            return new VerifyImageAnswer(decision, reason, "a sentence\nwith two lines");
        });

        var (code, output) = await RunAsync(Descriptor, "-name", "app:1", "-digest", Digest, "-stdin-media-type", Type);

        Assert.Equal((expected, $"{decision}: {reason}: a sentence?with two lines\n"), (code, output));
        Assert.Equal(new VerifyImageRequest("app:1", Digest), asked);
    }

    [Fact]
    public async Task RunAsync_DaemonAway_RefusesAndSaysWhatToDo()
    {
        var (code, output) = await RunAsync(Descriptor, "-name", "app:1", "-digest", Digest, "-stdin-media-type", Type);
        Assert.Equal(1, code);
        Assert.Contains("not running", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-name", "app:1")]
    [InlineData("-name", "app:1", "-digest", "DIGEST")]
    [InlineData("-name", "", "-digest", "DIGEST", "-stdin-media-type", Type)]
    [InlineData("-name", "app:1", "-digest", "md5:1", "-stdin-media-type", Type)]
    [InlineData("-name", "app:1", "-digest", "DIGEST", "-stdin-media-type", "text/plain")]
    [InlineData("-name", "app:1", "-digest", "DIGEST", "-stdin-media-type")]
    [InlineData("-name", "app:1", "-digest", "DIGEST", "-stdin-media-type", Type, "-more", "x")]
    public async Task RunAsync_ArgumentsThatAreNotThePlugins_AreRefused(params string[] arguments)
    {
        await using var server = await StartAsync(_ => new VerifyImageAnswer("Admitted", "Verified", ""));
        var (code, output) = await RunAsync(Descriptor, [.. arguments.Select(a => a == "DIGEST" ? Digest : a)]);
        Assert.Equal(1, code);
        Assert.Contains("expected", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"digest":7}""")]
    [InlineData("""{"digest":"sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}""")]
    [InlineData("""{"digest":"sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","digest":"DIGEST"}""")]
    public async Task RunAsync_DescriptorOfSomethingElse_IsRefused(string descriptor)
    {
        await using var server = await StartAsync(_ => new VerifyImageAnswer("Admitted", "Verified", ""));
        var (code, output) = await RunAsync(
            descriptor.Replace("DIGEST", Digest, StringComparison.Ordinal), "-name", "app:1", "-digest", Digest, "-stdin-media-type", Type);
        Assert.Equal(1, code);
        Assert.Contains("the descriptor on stdin", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_DescriptorBeyondTheLimit_IsRefused()
    {
        await using var server = await StartAsync(_ => new VerifyImageAnswer("Admitted", "Verified", ""));
        var (code, output) = await RunAsync(
            Descriptor + new string(' ', ControlLimits.DescriptorBytes), "-name", "app:1", "-digest", Digest, "-stdin-media-type", Type);
        Assert.Equal(1, code);
        Assert.Contains("larger than", output, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output)> RunAsync(string descriptor, params string[] arguments)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(descriptor));
        using var output = new StringWriter();
        var code = await ImageVerifierCommand.RunAsync([.. arguments, "--control", _folder.At("n-control.sock")], input, output, CancellationToken.None);
        return (code, output.ToString());
    }

    private Task<ControlServer> StartAsync(Func<VerifyImageRequest, VerifyImageAnswer> verify) => ControlServer.StartAsync(
        _folder.At("n-control.sock"),
        new ControlActions(_ => Task.FromResult(Statuses.Fine), (_, _) => AsyncEnumerable.Empty<Scanning.ScanStep>(), (request, _) => Task.FromResult(verify(request))),
        NullLogger<ControlServer>.Instance,
        CancellationToken.None);
}
