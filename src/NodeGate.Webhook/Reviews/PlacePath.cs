using System.Globalization;
using System.Text;

namespace NodeGate.Webhook.Reviews;

/// <summary>
/// A place within an object. Each knows only its last step: ten thousand places share what they have in common, and become text only where it is needed.
/// </summary>
internal sealed class PlacePath
{
    private readonly PlacePath? _parent;
    private readonly string? _name;
    private readonly int _index;

    private PlacePath(PlacePath? parent, string? name, int index)
    {
        _parent = parent;
        _name = name;
        _index = index;
        PointerLength = parent is null ? 0 : parent.PointerLength + 1 + Token().Length;
    }

    /// <summary>The object itself.</summary>
    internal static PlacePath Root { get; } = new(null, null, 0);

    /// <summary>The length of <see cref="ToPointer"/>.</summary>
    internal int PointerLength { get; }

    internal PlacePath Member(string name) => new(this, name, 0);

    internal PlacePath Item(int index) => new(this, null, index);

    /// <summary>As a JSON pointer (RFC 6901): <c>/spec/containers/0/image</c>.</summary>
    internal string ToPointer()
    {
        var text = new StringBuilder(PointerLength);
        foreach (var step in Steps())
        {
            text.Append('/').Append(step.Token());
        }

        return text.ToString();
    }

    /// <summary>As Kubernetes' own messages have it: <c>spec.containers[0].image</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(PointerLength + 1);
        foreach (var step in Steps())
        {
            _ = step._name is null ? text.Append(CultureInfo.InvariantCulture, $"[{step._index}]")
                : text.Append(text.Length == 0 ? "" : ".").Append(step._name);
        }

        return text.Length == 0 ? "the object" : text.ToString();
    }

    /// <summary>The step in a JSON pointer. The order matters: RFC 6901 section 4.</summary>
    private string Token() => _name is null
        ? _index.ToString(CultureInfo.InvariantCulture)
        : _name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private Stack<PlacePath> Steps()
    {
        var steps = new Stack<PlacePath>();
        for (var step = this; step._parent is not null; step = step._parent)
        {
            steps.Push(step);
        }

        return steps;
    }
}
