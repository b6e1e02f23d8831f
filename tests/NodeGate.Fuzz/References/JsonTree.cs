namespace NodeGate.Fuzz.References;

/// <summary>Finds values in what <see cref="JsonReference"/> read.</summary>
internal static class JsonTree
{
    /// <summary>The value at a path of member names and indexes; null where there is none, or JSON null.</summary>
    public static object? At(object? value, params ReadOnlySpan<object> path)
    {
        foreach (var step in path)
        {
            value = (value, step) switch
            {
                (Dictionary<string, object> members, string name) => members.GetValueOrDefault(name),
                (List<object> items, int index) => index < items.Count ? items[index] : null,
                _ => null,
            };
        }

        return value is DBNull ? null : value;
    }

    public static string? Text(object? value, params ReadOnlySpan<object> path) => At(value, path) as string;
}
