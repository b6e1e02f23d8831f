using System.Collections.Immutable;
using NodeGate.Policy.Importing.Native;
using NodeGate.Policy.Loading.Yaml;

namespace NodeGate.Policy.Importing;

/// <summary>One source system: what its documents say, in NodeGate's terms.</summary>
internal interface IPolicyImport
{
    /// <summary>What a document of this system is, for the error of a file without one.</summary>
    string Expected { get; }

    /// <summary>Whether <paramref name="file"/> is no document but what documents name, such as a certificate; it is in <see cref="ImportContext.Materials"/>.</summary>
    bool IsMaterial(PolicyFile file) => false;

    /// <summary>
    /// Reads all <paramref name="documents"/> as one policy. What cannot be kept exactly is refused in <paramref name="context"/>, all of it:
    /// the first refusal makes the result worthless, the others save their author another attempt.
    /// </summary>
    NativePolicy Read(ImmutableArray<YamlNode> documents, ImportContext context);
}
