using System.Text;
using Google.Protobuf;
using NodeGate.CriProxy.Cri;
using NodeGate.CriProxy.Cri.Runtime;
using NodeGate.Fuzz.Engine;

namespace NodeGate.Fuzz.Targets.CriProxy;

/// <summary>
/// PullImageRequest as bytes. Oracles: what our reader walks Google.Protobuf walks in the same steps; a call that we judge names the image that
/// Google.Protobuf reads; a rewritten message names the new image everywhere and is otherwise what it was.
/// </summary>
internal sealed class ProtoTarget : IFuzzTarget
{
    private const string Rewritten = "ghcr.io/org/app@sha256:0000000000000000000000000000000000000000000000000000000000000000";

    public string Name => "proto";

    public IReadOnlyList<Type> Parsers => [typeof(ProtoFieldReader), typeof(ProtoFieldRewriter), typeof(MessageShape), typeof(PullImageCall), typeof(AuthConfigReader)];

    public IEnumerable<byte[]> Seeds
    {
        get
        {
            var request = new PullImageRequest
            {
                Image = new ImageSpec { Image = "ghcr.io/org/app:1.0" },
                Auth = new AuthConfig { Username = "user", Password = "secret", ServerAddress = "ghcr.io" },
                SandboxConfig = new PodSandboxConfig { Metadata = new PodSandboxMetadata { Name = "pod", Namespace = "prod", Uid = "1" } },
            };
            yield return request.ToByteArray();
            yield return [.. request.ToByteArray(), .. request.ToByteArray()];
            yield return new PullImageRequest { Image = new ImageSpec { Image = "a" }, Auth = new AuthConfig { Auth = Convert.ToBase64String("u:p"u8) } }.ToByteArray();
            // Unknown fields of each wire type, a group in a group, a tag that is longer than needed.
            yield return [0x0a, 0x03, 0x0a, 0x01, (byte)'x', 0x50, 0x05, 0x59, 1, 2, 3, 4, 5, 6, 7, 8, 0x5d, 1, 2, 3, 4, 0x63, 0x6b, 0x6c, 0x64, 0x8a, 0x00, 0x00];
        }
    }

    public string Check(byte[] input)
    {
        var walked = Walk(input);
        try
        {
            var call = PullImageCall.Parse(input);
            var request = PullImageRequest.Parser.ParseFrom(input);
            FuzzFailure.UnlessEqual(request.Image?.Image ?? "", call.Image, "two readers find one image");
            FuzzFailure.UnlessEqual(request.SandboxConfig?.Metadata?.Namespace ?? "", call.Namespace ?? "", "two readers find one namespace");
            return $"{walked}, call, credential {call.Credential is not null}, {Rewrite(input, request)}";
        }
        catch (FormatException e)
        {
            return $"{walked}, {Outcome.Refused(e.Message)}";
        }
    }

    private static string Walk(byte[] input)
    {
        var steps = new List<(int Number, int WireType, int End)>();
        var fields = new ProtoFieldReader(input);
        var end = 0;
        try
        {
            while (fields.Read())
            {
                end += fields.Raw.Length;
                steps.Add((fields.Number, (int)fields.WireType, end));
            }
        }
        catch (FormatException e)
        {
            return Outcome.Refused(e.Message);
        }

        FuzzFailure.UnlessEqual(input.Length, end, "the fields are the whole message");
        var google = new CodedInputStream(input);
        try
        {
            foreach (var (number, wireType, fieldEnd) in steps)
            {
                var tag = google.ReadTag();
                FuzzFailure.UnlessEqual((number, wireType), ((int)(tag >> 3), (int)(tag & 7)), "two readers find the same field");
                google.SkipLastField();
                FuzzFailure.UnlessEqual(fieldEnd, (int)google.Position, "two readers find the same end of a field");
            }
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new FuzzFailure($"what is accepted Google.Protobuf accepts: {e.Message}");
        }

        return $"{Outcome.Magnitude(steps.Count)} fields";
    }

    private static string Rewrite(byte[] input, PullImageRequest original)
    {
        byte[] changed;
        try
        {
            changed = ProtoFieldRewriter.ReplaceString(input, 1, 1, Rewritten);
        }
        catch (FormatException e)
        {
            FuzzFailure.UnlessEqual("", original.Image?.Image ?? "", "an image that is there can be replaced");
            return Outcome.Refused(e.Message);
        }

        var request = PullImageRequest.Parser.ParseFrom(changed);
        FuzzFailure.UnlessEqual(Rewritten, request.Image.Image, "the rewritten message names the new image");
        request.Image.Image = original.Image.Image;
        FuzzFailure.UnlessSame(original.ToByteArray(), request.ToByteArray(), "nothing but the image is rewritten");
        FuzzFailure.Unless(
            Occurrences(changed).All(image => image == Rewritten), "no other image is left in the message");
        return "rewritten";
    }

    private static List<string> Occurrences(byte[] message)
    {
        var found = new List<string>();
        var outer = new ProtoFieldReader(message);
        while (outer.Read())
        {
            if (outer.Number != 1 || outer.WireType != ProtoWireType.LengthDelimited)
            {
                continue;
            }

            var inner = new ProtoFieldReader(outer.Payload);
            while (inner.Read())
            {
                if (inner.Number == 1 && inner.WireType == ProtoWireType.LengthDelimited)
                {
                    found.Add(Encoding.UTF8.GetString(inner.Payload));
                }
            }
        }

        return found;
    }
}
