namespace NodeGate.Policy.Loading;

/// <summary>The kinds of node in a <c>require</c>.</summary>
internal enum RequireKind
{
    Authority = 0,
    AnyOf = 1,
    AllOf = 2,
    AtLeast = 3,
}
