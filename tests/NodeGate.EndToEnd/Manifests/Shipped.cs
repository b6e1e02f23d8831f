namespace NodeGate.EndToEnd.Manifests;

/// <summary>The files in the rendered ConfigMaps, as the pod has them. That they load is NodeGate.Host.Tests' to show, of the same files.</summary>
internal static class Shipped
{
    internal static Manifest Configuration(Kustomization rendered) =>
        new(YamlDocuments.Parse(rendered.MountedFile("/etc/nodegate/config", "config.yaml")).Single());

    /// <summary>A time such as <c>8s</c>.</summary>
    internal static TimeSpan Seconds(Manifest configuration, string path) =>
        TimeSpan.FromSeconds(int.Parse(configuration.Text(path).TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture));
}
