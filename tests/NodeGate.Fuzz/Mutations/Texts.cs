using System.Text.Json.Serialization;

namespace NodeGate.Fuzz.Mutations;

[JsonSerializable(typeof(string))]
internal sealed partial class Texts : JsonSerializerContext;
