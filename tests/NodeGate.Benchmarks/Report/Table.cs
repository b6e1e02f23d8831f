namespace NodeGate.Benchmarks.Report;

/// <summary>Columns on a terminal: the first to the left, the others to the right.</summary>
internal sealed class Table(params string[] head)
{
    private readonly List<string[]> _rows = [head];

    internal void Add(params string[] row) => _rows.Add(row);

    internal void Write(TextWriter output)
    {
        var widths = head.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in _rows)
        {
            var cells = row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            output.WriteLine("  " + string.Join("  ", cells).TrimEnd());
            if (row == head)
            {
                output.WriteLine("  " + string.Join("  ", widths.Select(width => new string('-', width))));
            }
        }
    }
}
