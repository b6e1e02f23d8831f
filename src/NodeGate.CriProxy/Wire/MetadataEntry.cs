namespace NodeGate.CriProxy.Wire;

/// <summary>One header or trailer field as it stands on the wire: lower-case name, value untouched (a <c>-bin</c> value stays base64).</summary>
internal readonly record struct MetadataEntry(string Name, string Value);
