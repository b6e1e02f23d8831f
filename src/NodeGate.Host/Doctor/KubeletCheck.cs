namespace NodeGate.Host.Doctor;

/// <summary>Whether the kubelet asks NodeGate. Where only images are, containers start from whatever is on the node.</summary>
internal static class KubeletCheck
{
    private const string Name = "kubelet";

    internal static DoctorCheck Of(KubeletSettings? settings, string? problem, string configFile, string listen)
    {
        var endpoint = "unix://" + listen;
        if (settings is null)
        {
            return problem is not null
                ? DoctorCheck.Warning(Name, problem, "Let this command read the kubelet's configuration (run it as root on the node).")
                : DoctorCheck.Warning(
                    Name, $"there is no {configFile}, and no kubelet runs", "Name its configuration with --kubelet-config, or look at its --image-service-endpoint yourself.");
        }

        var found = $"images: {settings.ImageEndpoint}, containers: {settings.RuntimeEndpoint} (from {string.Join(", ", settings.Sources)})";
        return (IsSame(settings.ImageEndpoint, listen), IsSame(settings.RuntimeEndpoint, listen)) switch
        {
            (true, true) => DoctorCheck.Ok(Name, found),
            (true, false) => DoctorCheck.Warning(
                Name,
                found + ": CreateContainer does not pass NodeGate, so an image that is on the node runs for every namespace",
                $"Set containerRuntimeEndpoint: {endpoint} as well, and restart the kubelet."),
            (false, true) => DoctorCheck.Failed(
                Name, found + ": pulls do not pass NodeGate", $"Set imageServiceEndpoint: {endpoint} (or leave it out), and restart the kubelet."),
            _ => DoctorCheck.Failed(
                Name, found + ": nothing passes NodeGate", $"Set containerRuntimeEndpoint: {endpoint} in the kubelet's configuration, and restart it."),
        };
    }

    private static bool IsSame(string endpoint, string listen) => Plain(endpoint) == Plain(listen);

    // /var/run is a link to /run nearly everywhere.
    private static string Plain(string endpoint)
    {
        var path = endpoint.StartsWith("unix://", StringComparison.Ordinal) ? endpoint["unix://".Length..] : endpoint;
        return path.StartsWith("/var/run/", StringComparison.Ordinal) ? path["/var".Length..] : path;
    }
}
