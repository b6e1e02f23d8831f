using System.Text;
using Google.Protobuf;
using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Cri.Containers;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.Fuzz.Engine;

namespace NodeGate.Fuzz.Targets.CriProxy;

/// <summary>
/// The requests that make containers and pods, as bytes. They are sent on as they came, so there must be one way to read them. Oracles: every
/// image that stands anywhere in an accepted message is judged, and none that does not; the namespace is the only one in the message.
/// </summary>
internal sealed class ContainerTarget : IFuzzTarget
{
    public string Name => "container";

    public IReadOnlyList<Type> Parsers => [typeof(ContainerCall)];

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            var sandbox = new PodSandboxConfig { Metadata = new PodSandboxMetadata { Name = "pod", Namespace = "prod", Uid = "1" } };
            var container = new ContainerConfig { Image = new ContainerImageSpec { Image = "sha256:1", UserSpecifiedImage = "app:1" } };
            container.Mounts.Add(new Mount { Image = new ContainerImageSpec { Image = "data:1" } });
            container.Mounts.Add(new Mount());
            var create = new CreateContainerRequest { Config = container, SandboxConfig = sandbox };
            var restore = new RestorePodRequest { Config = sandbox };
            restore.ContainerConfigs.Add(container);
            restore.ContainerConfigs.Add(container);
            yield return create.ToByteArray();
            yield return [.. create.ToByteArray(), .. create.ToByteArray()];
            yield return restore.ToByteArray();
            yield return new RunPodSandboxRequest { Config = sandbox }.ToByteArray();
            // Unknown fields of each wire type around what is judged.
            yield return [0x50, 0x05, 0x12, 0x0a, 0x12, 0x05, 0x0a, 0x01, (byte)'x', 0x10, 0x01, 0x18, 0x02, 0x59, 1, 2, 3, 4, 5, 6, 7, 8, 0x5d, 1, 2, 3, 4];
        }
    }

    public string Check(byte[] input) => $"create {Create(input)}, restore {Restore(input)}, sandbox {Sandbox(input)}";

    private static string Sandbox(byte[] input)
    {
        ContainerCall call;
        try
        {
            call = ContainerCall.ParseSandbox(input);
        }
        catch (FormatException e)
        {
            return Outcome.Refused(e.Message);
        }

        return CheckCall(call, [], Messages(input, 1));
    }

    private static string Create(byte[] input)
    {
        ContainerCall call;
        try
        {
            call = ContainerCall.ParseCreate(input);
        }
        catch (FormatException e)
        {
            return Outcome.Refused(e.Message);
        }

        var configs = Messages(input, 2);
        FuzzFailure.Unless(configs.Count <= 1, "there is one container");
        return CheckCall(call, configs.Count == 0 ? [[]] : configs, Messages(input, 3));
    }

    private static string Restore(byte[] input)
    {
        ContainerCall call;
        try
        {
            call = ContainerCall.ParseRestore(input);
        }
        catch (FormatException e)
        {
            return Outcome.Refused(e.Message);
        }

        return CheckCall(call, Messages(input, 5), Messages(input, 2));
    }

    private static string CheckCall(ContainerCall call, List<byte[]> containers, List<byte[]> sandboxes)
    {
        var expected = new HashSet<AskedImage>();
        foreach (var container in containers)
        {
            var specs = Messages(container, 2);
            expected.Add(Image(specs.Count == 0 ? [] : specs.Single(), isVolume: false));
            expected.UnionWith(Messages(container, 7).SelectMany(mount => Messages(mount, 9)).Select(spec => Image(spec, isVolume: true)));
        }

        FuzzFailure.Unless(expected.SetEquals(call.Images) && call.Images.Length == expected.Count, "every image of the message is judged once, and no other");
        FuzzFailure.Unless(call.Images.Length <= CriLimits.MaxImagesPerCall, "a request has a bounded number of images");
        var namespaces = sandboxes.SelectMany(sandbox => Messages(sandbox, 1)).SelectMany(metadata => Messages(metadata, 3)).ToList();
        FuzzFailure.UnlessEqual(namespaces.Count == 0 ? "" : Encoding.UTF8.GetString(namespaces.Single()), call.Namespace ?? "", "the namespace is the only one in the message");
        return $"{Outcome.Magnitude(call.Images.Length)} images, namespace {call.Namespace is not null}";
    }

    private static AskedImage Image(byte[] spec, bool isVolume)
    {
        var (image, written) = (Messages(spec, 1), Messages(spec, 18));
        var writtenText = written.Count == 0 ? "" : Encoding.UTF8.GetString(written.Single());
        return new AskedImage(image.Count == 0 ? "" : Encoding.UTF8.GetString(image.Single()), writtenText.Length == 0 ? null : writtenText, isVolume);
    }

    private static List<byte[]> Messages(byte[] message, int number)
    {
        var found = new List<byte[]>();
        var fields = new ProtoFieldReader(message);
        while (fields.Read())
        {
            if (fields.Number == number)
            {
                FuzzFailure.Unless(fields.WireType == ProtoWireType.LengthDelimited, "what is judged has one wire type");
                found.Add(fields.Payload.ToArray());
            }
        }

        return found;
    }
}
