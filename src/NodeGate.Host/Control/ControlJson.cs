using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodeGate.Host.Scanning;

namespace NodeGate.Host.Control;

/// <summary>The messages of the control socket: unknown and duplicate keys, nulls and missing members are refused on both sides.</summary>
[JsonSerializable(typeof(ControlProblem))]
[JsonSerializable(typeof(ScanReport))]
[JsonSerializable(typeof(ScanRequest))]
[JsonSerializable(typeof(ScanStep))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(VerifyImageAnswer))]
[JsonSerializable(typeof(VerifyImageRequest))]
internal sealed partial class ControlJson : JsonSerializerContext
{
    /// <summary>One line for each message.</summary>
    internal static ControlJson Line { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = ControlLimits.JsonDepth,
    });
}
