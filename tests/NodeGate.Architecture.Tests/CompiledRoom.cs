using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace NodeGate.Architecture.Tests;

/// <summary>What a compiled assembly really uses, read from its metadata: no project file and no analyzer setting can hide it.</summary>
internal sealed class CompiledRoom
{
    private CompiledRoom(MetadataReader reader)
    {
        Assemblies = [.. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))];
        UsedTypes = [.. reader.TypeReferences.Select(handle => NameOf(reader, handle))];
        OwnTypes = [.. reader.TypeDefinitions.Select(handle => NameOf(reader, reader.GetTypeDefinition(handle)))];
        UsedMembers = [.. reader.MemberReferences.Select(reader.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => NameOf(reader, (TypeReferenceHandle)member.Parent) + "." + reader.GetString(member.Name))];
        Attributes = [.. reader.GetAssemblyDefinition().GetCustomAttributes().Select(reader.GetCustomAttribute)
            .Where(attribute => attribute.Constructor.Kind == HandleKind.MemberReference)
            .Select(attribute => (TypeOf(reader, attribute), TextsOf(reader, attribute)))];
    }

    internal HashSet<string> Assemblies { get; }

    /// <summary>Gets the full names of the types of other assemblies.</summary>
    internal HashSet<string> UsedTypes { get; }

    /// <summary>Gets <c>Namespace.Type.Member</c> of other assemblies.</summary>
    internal HashSet<string> UsedMembers { get; }

    internal HashSet<string> OwnTypes { get; }

    /// <summary>Gets the assembly's attributes that have only texts for arguments.</summary>
    internal (string Type, string?[] Arguments)[] Attributes { get; }

    internal static CompiledRoom Load(string assembly)
    {
        using var reader = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")));
        return new CompiledRoom(reader.GetMetadataReader());
    }

    private static string NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        var name = reader.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? NameOf(reader, (TypeReferenceHandle)type.ResolutionScope) + "." + name
            : reader.GetString(type.Namespace) + "." + name;
    }

    private static string NameOf(MetadataReader reader, TypeDefinition type) => type.GetDeclaringType() is { IsNil: false } outer
        ? NameOf(reader, reader.GetTypeDefinition(outer)) + "." + reader.GetString(type.Name)
        : reader.GetString(type.Namespace) + "." + reader.GetString(type.Name);

    private static string TypeOf(MetadataReader reader, CustomAttribute attribute) =>
        reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent
            ? NameOf(reader, (TypeReferenceHandle)parent)
            : "";

    private static string?[] TextsOf(MetadataReader reader, CustomAttribute attribute)
    {
        var constructor = reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor);
        var signature = reader.GetBlobReader(constructor.Signature);
        _ = signature.ReadSignatureHeader();
        var count = signature.ReadCompressedInteger();
        _ = signature.ReadSignatureTypeCode();
        var types = Enumerable.Range(0, count).Select(_ => signature.ReadSignatureTypeCode()).ToArray();
        if (types.Any(type => type != SignatureTypeCode.String))
        {
            return [];
        }

        var value = reader.GetBlobReader(attribute.Value);
        _ = value.ReadUInt16();
        return [.. types.Select(_ => value.ReadSerializedString())];
    }
}
