namespace NodeGate.Fuzz.Mutations;

/// <summary>Changes one TLV of a DER structure at any depth, octet and bit strings looked into; all lengths around it are put right.</summary>
internal static class DerMutation
{
    private const int Deepest = 24;

    /// <summary>The structure with one element changed, or null where it is not DER.</summary>
    public static byte[]? TryApply(byte[] input, Random random)
    {
        var roots = Read(input, 0);
        if (roots is not { Count: > 0 })
        {
            return null;
        }

        var all = new List<(List<Element> Siblings, int Index)>();
        Collect(roots, all);
        var (siblings, index) = all[random.Next(all.Count)];
        var element = siblings[index];
        switch (random.Next(9))
        {
            case 0:
                element.Tag = (byte)(random.Next(2) == 0 ? element.Tag ^ (1 << random.Next(8)) : random.Next(1, 0x40));
                break;
            case 1:
                siblings.RemoveAt(index);
                break;
            case 2:
                siblings.Insert(index, element);
                break;
            case 3:
                var second = random.Next(siblings.Count);
                (siblings[index], siblings[second]) = (siblings[second], siblings[index]);
                break;
            case 4:
                var (otherSiblings, otherIndex) = all[random.Next(all.Count)];
                siblings[index] = otherSiblings[otherIndex].Leaf();
                break;
            case 5:
                element.Length = random.Next(3) switch { 0 => LengthForm.Long, 1 => LengthForm.OneMore, _ => LengthForm.Indefinite };
                break;
            default:
                // Most values are numbers, names and times: these bytes matter most.
                element.Content = ByteMutation.Apply(element.Encoded(), random);
                element.Children = null;
                break;
        }

        return [.. roots.SelectMany(root => root.Whole())];
    }

    private static void Collect(List<Element> elements, List<(List<Element>, int)> all)
    {
        for (var i = 0; i < elements.Count; i++)
        {
            all.Add((elements, i));
            if (elements[i].Children is { } children)
            {
                Collect(children, all);
            }
        }
    }

    private static List<Element>? Read(ReadOnlySpan<byte> input, int depth)
    {
        var elements = new List<Element>();
        while (!input.IsEmpty)
        {
            if (depth > Deepest || input.Length < 2 || (input[0] & 0x1f) == 0x1f || !TryReadLength(input, out var header, out var length))
            {
                return null;
            }

            var content = input.Slice(header, length).ToArray();
            var element = new Element { Tag = input[0], Content = content };
            if ((input[0] & 0x20) != 0)
            {
                element.Children = Read(content, depth + 1);
            }
            else if (input[0] == 0x04 && content is [0x30 or 0x04 or 0x03, ..])
            {
                element.Children = Read(content, depth + 1);
            }
            else if (input[0] == 0x03 && content is [0, 0x30, ..])
            {
                element.Prefix = [0];
                element.Children = Read(content.AsSpan(1), depth + 1);
            }

            elements.Add(element);
            input = input[(header + length)..];
        }

        return elements;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> input, out int header, out int length)
    {
        (header, length) = (2, input[1]);
        if (length >= 0x80)
        {
            var count = length & 0x7f;
            if (count is 0 or > 3 || input.Length < 2 + count)
            {
                return false;
            }

            length = 0;
            foreach (var b in input.Slice(2, count))
            {
                length = (length << 8) | b;
            }

            header += count;
        }

        return length <= input.Length - header;
    }

    private enum LengthForm
    {
        Shortest,
        Long,
        OneMore,
        Indefinite,
    }

    private sealed class Element
    {
        public byte Tag { get; set; }

        public byte[] Prefix { get; set; } = [];

        public byte[] Content { get; set; } = [];

        public List<Element>? Children { get; set; }

        public LengthForm Length { get; set; }

        public Element Leaf() => new() { Tag = Tag, Content = Encoded() };

        public byte[] Encoded() => Children is null ? Content : [.. Prefix, .. Children.SelectMany(child => child.Whole())];

        public byte[] Whole()
        {
            var content = Encoded();
            var stated = content.Length + (Length == LengthForm.OneMore ? 1 : 0);
            byte[] length = Length switch
            {
                LengthForm.Indefinite => [0x80],
                LengthForm.Long => [0x84, (byte)(stated >> 24), (byte)(stated >> 16), (byte)(stated >> 8), (byte)stated],
                _ when stated < 0x80 => [(byte)stated],
                _ when stated < 0x100 => [0x81, (byte)stated],
                _ when stated < 0x10000 => [0x82, (byte)(stated >> 8), (byte)stated],
                _ => [0x83, (byte)(stated >> 16), (byte)(stated >> 8), (byte)stated],
            };
            return Length == LengthForm.Indefinite ? [Tag, .. length, .. content, 0, 0] : [Tag, .. length, .. content];
        }
    }
}
