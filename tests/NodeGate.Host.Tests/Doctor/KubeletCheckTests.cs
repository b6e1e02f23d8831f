using NodeGate.Host.Doctor;
using NodeGate.Testing.RealParts;

namespace NodeGate.Host.Tests.Doctor;

public sealed class KubeletCheckTests : IAsyncLifetime
{
    private const string Ours = "unix:///run/nodegate/nodegate.sock";
    private const string Containerds = "unix:///run/containerd/containerd.sock";
    private readonly TestFolder _folder = TestFolder.Create();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _folder.DisposeAsync();

    [Theory]
    [InlineData("containerRuntimeEndpoint: unix:///run/nodegate/nodegate.sock", "Ok")]
    [InlineData("containerRuntimeEndpoint: unix:///var/run/nodegate/nodegate.sock", "Ok")]
    [InlineData("containerRuntimeEndpoint: unix:///run/nodegate/nodegate.sock\nimageServiceEndpoint: unix:///run/nodegate/nodegate.sock", "Ok")]
    [InlineData("imageServiceEndpoint: unix:///run/nodegate/nodegate.sock", "Warning")]
    [InlineData("containerRuntimeEndpoint: unix:///run/nodegate/nodegate.sock\nimageServiceEndpoint: unix:///run/containerd/containerd.sock", "Failed")]
    [InlineData("syncFrequency: 1m0s", "Failed")]
    public void Of_ConfigurationFile_SaysWhatPassesNodeGate(string text, string expected)
    {
        var check = Check("kind: KubeletConfiguration\n" + text, null);
        Assert.Equal(expected, check.Outcome.ToString());
        Assert.Equal(check.Outcome == CheckOutcome.Ok, check.Fix is null);
    }

    [Fact]
    public void Read_DropInsAndCommandLine_OverrideTheFile()
    {
        _folder.Write("d/10.conf", $"imageServiceEndpoint: {Containerds}\n");
        _folder.Write("d/20.conf", $"imageServiceEndpoint: {Ours}\n");
        _folder.Write("d/30.yaml", $"imageServiceEndpoint: {Containerds}\n");
        var file = _folder.Write("kubelet.yaml", $"containerRuntimeEndpoint: {Containerds}\n");
        string[] commandLine = ["/usr/bin/kubelet", "--config", file, $"--config-dir={_folder.At("d")}", "--container-runtime-endpoint", Ours];

        var settings = KubeletSettings.Read("/nonexistent", commandLine, out var problem);

        Assert.Null(problem);
        Assert.Equal((Ours, Ours), (settings!.ImageEndpoint, settings.RuntimeEndpoint));
        Assert.Equal([file, _folder.At("d", "10.conf"), _folder.At("d", "20.conf"), "the running kubelet's command line"], settings.Sources);
    }

    [Fact]
    public void FindCommandLine_RunningKubelet_IsFoundByItsProgram()
    {
        _folder.Write("proc/12/cmdline", "/usr/bin/kubelet-helper\0--config=/a\0");
        _folder.Write("proc/13/cmdline", "/usr/bin/kubelet\0--config=/b\0");
        _folder.Write("proc/self/cmdline", "/usr/bin/kubelet\0--config=/c\0");
        Assert.Contains("--config=/b", KubeletSettings.FindCommandLine(_folder.At("proc"))!);
    }

    [Fact]
    public void Of_NothingToRead_IsAWarningWithTheOption()
    {
        var check = KubeletCheck.Of(KubeletSettings.Read("/nonexistent", null, out var problem), problem, "/nonexistent", "/run/nodegate/nodegate.sock");
        Assert.Equal(CheckOutcome.Warning, check.Outcome);
        Assert.Contains("--kubelet-config", check.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_FileThatIsNoYaml_IsAWarningThatNamesIt()
    {
        var check = Check("a: [", null);
        Assert.Equal(CheckOutcome.Warning, check.Outcome);
        Assert.Contains("kubelet.yaml", check.Found, StringComparison.Ordinal);
    }

    private DoctorCheck Check(string text, IReadOnlyList<string>? commandLine)
    {
        var file = _folder.Write("kubelet.yaml", text + "\n");
        return KubeletCheck.Of(KubeletSettings.Read(file, commandLine, out var problem), problem, file, "/run/nodegate/nodegate.sock");
    }
}
