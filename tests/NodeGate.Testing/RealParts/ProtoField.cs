namespace NodeGate.Testing.RealParts;

/// <summary>One field as it stood on the wire: <see cref="Value"/> for numbers, <see cref="Bytes"/> for the rest.</summary>
public sealed record ProtoField(int Number, ulong Value, ReadOnlyMemory<byte> Bytes);
