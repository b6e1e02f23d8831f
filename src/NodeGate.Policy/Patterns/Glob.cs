namespace NodeGate.Policy.Patterns;

/// <summary>
/// An anchored pattern of literal characters, <c>*</c> (any characters but <c>/</c>, or none) and <c>**</c> (any characters, or none).
/// </summary>
/// <remarks>
/// Matching follows all positions at once: text length times pattern length at worst and no backtracking, because the text is an
/// attacker's. The same automaton answers whether two patterns can match one text, which is what makes ties provable when a policy loads.
/// </remarks>
internal sealed class Glob
{
    private const char Star = '\uE000';
    private const char DoubleStar = '\uE001';

    private readonly string _tokens;

    public Glob(string text)
    {
        Text = text;
        var builder = new System.Text.StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '*')
            {
                builder.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '*')
            {
                builder.Append(DoubleStar);
                i++;
            }
            else
            {
                builder.Append(Star);
            }
        }

        _tokens = builder.ToString();
        var wildcard = text.IndexOf('*', StringComparison.Ordinal);
        LiteralPrefix = wildcard < 0 ? text : text[..wildcard];
    }

    /// <summary>The pattern as text.</summary>
    public string Text { get; }

    /// <summary>What stands before the first wildcard.</summary>
    public string LiteralPrefix { get; }

    /// <summary>True without any wildcard.</summary>
    public bool IsLiteral => LiteralPrefix.Length == Text.Length;

    /// <summary>The number of positions of the automaton; the last one accepts.</summary>
    public int Positions => _tokens.Length + 1;

    public bool IsMatch(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith(LiteralPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        if (IsLiteral)
        {
            return text.Length == Text.Length;
        }

        var current = Start();
        var next = new bool[Positions];
        foreach (var c in text)
        {
            Step(current, c, next);
            (current, next) = (next, current);
        }

        return current[^1];
    }

    /// <summary>The positions before the first character.</summary>
    public bool[] Start()
    {
        var positions = new bool[Positions];
        positions[0] = true;
        Close(positions);
        return positions;
    }

    /// <summary>The positions after <paramref name="c"/>.</summary>
    public void Step(bool[] from, char c, bool[] to)
    {
        Array.Clear(to);
        for (var i = 0; i < _tokens.Length; i++)
        {
            if (!from[i])
            {
                continue;
            }

            switch (_tokens[i])
            {
                case DoubleStar:
                    to[i] = true;
                    break;
                case Star:
                    to[i] |= c != '/';
                    break;
                default:
                    to[i + 1] |= _tokens[i] == c;
                    break;
            }
        }

        Close(to);
    }

    /// <summary>True when some text matches both patterns.</summary>
    public static bool Overlap(Glob left, Glob right)
    {
        var width = right.Positions;
        var seen = new bool[left.Positions * width];
        var open = new Stack<(int Left, int Right)>();
        Visit(0, 0);
        while (open.TryPop(out var at))
        {
            if (at.Left == left._tokens.Length && at.Right == right._tokens.Length)
            {
                return true;
            }

            var a = at.Left < left._tokens.Length ? left._tokens[at.Left] : '\0';
            var b = at.Right < right._tokens.Length ? right._tokens[at.Right] : '\0';
            if (a is Star or DoubleStar)
            {
                Visit(at.Left + 1, at.Right);
            }

            if (b is Star or DoubleStar)
            {
                Visit(at.Left, at.Right + 1);
            }

            // One character is read by both; two wildcards read nothing that one of them alone could not skip.
            if (IsLiteralToken(a) && Reads(b, a))
            {
                Visit(at.Left + 1, b == a ? at.Right + 1 : at.Right);
            }
            else if (IsLiteralToken(b) && Reads(a, b))
            {
                Visit(at.Left, at.Right + 1);
            }
        }

        return false;

        void Visit(int l, int r)
        {
            if (!seen[(l * width) + r])
            {
                seen[(l * width) + r] = true;
                open.Push((l, r));
            }
        }
    }

    /// <summary>
    /// True only when <paramref name="wide"/> matches every text that <paramref name="narrow"/> matches: a wildcard of the narrow one is read
    /// by a wildcard of the wide one that matches as much. Where the proof needs more than that, the answer is no.
    /// </summary>
    public static bool Covers(Glob wide, Glob narrow)
    {
        var current = wide.Start();
        var next = new bool[wide.Positions];
        foreach (var token in narrow._tokens)
        {
            if (IsLiteralToken(token))
            {
                wide.Step(current, token, next);
            }
            else
            {
                for (var i = 0; i < next.Length; i++)
                {
                    next[i] = i < wide._tokens.Length && current[i] && (wide._tokens[i] == DoubleStar || wide._tokens[i] == token);
                }

                wide.Close(next);
            }

            (current, next) = (next, current);
        }

        return current[^1];
    }

    private static bool IsLiteralToken(char token) => token is not ('\0' or Star or DoubleStar);

    private static bool Reads(char token, char c) => token == DoubleStar || (token == Star && c != '/') || token == c;

    /// <summary>A wildcard may stand for nothing.</summary>
    private void Close(bool[] positions)
    {
        for (var i = 0; i < _tokens.Length; i++)
        {
            if (positions[i] && _tokens[i] is Star or DoubleStar)
            {
                positions[i + 1] = true;
            }
        }
    }

    public override string ToString() => Text;
}
