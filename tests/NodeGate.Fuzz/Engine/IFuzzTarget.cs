namespace NodeGate.Fuzz.Engine;

/// <summary>One parser, or a few that belong together, with what must hold of every input.</summary>
internal interface IFuzzTarget
{
    /// <summary>Gets the name: lower case with dashes, the folder below <c>corpus/</c>.</summary>
    string Name { get; }

    /// <summary>Gets the types of the product whose reading is under test here. <see cref="Tests.CoverageTests"/> finds parsers that no target names.</summary>
    IReadOnlyList<Type> Parsers { get; }

    /// <summary>Gets the inputs that mutation starts from, beside those of the corpus. The same in every process.</summary>
    IEnumerable<byte[]> Seeds { get; }

    /// <summary>
    /// Reads <paramref name="input"/> and checks the oracle. Any exception is a failure: what a parser may throw for bad bytes is caught here.
    /// </summary>
    /// <returns>How it ended, in few words: inputs with a new outcome are kept and mutated further. It stands in for code coverage.</returns>
    /// <exception cref="FuzzFailure">The oracle does not hold.</exception>
    string Check(byte[] input);
}
