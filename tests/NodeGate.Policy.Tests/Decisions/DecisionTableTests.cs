using System.Globalization;

namespace NodeGate.Policy.Tests.Decisions;

/// <summary>The tables beside this file: precedence, patterns, namespaces, modes, nesting and exceptions, one question a row.</summary>
public sealed class DecisionTableTests
{
    private const int FewestRows = 200;
    private static readonly string[] Tables = ["precedence", "namespaces", "modes", "requirements", "exceptions"];

    public static TheoryData<string, int> Rows()
    {
        var rows = new TheoryData<string, int>();
        foreach (var table in Tables)
        {
            foreach (var row in Read(table))
            {
                rows.Add(table, row.Line);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Ask_Row_IsAnsweredAsTheTableSays(string table, int line)
    {
        var row = Read(table).Single(r => r.Line == line);

        var answer = row.Question.Ask(Tests.Policies.Of(Tests.Policies.Authorities + row.Policy));

        Assert.Equal(row.Expected, $"{answer.Decision} | {answer.Reason} | {answer.By} | {(answer.IsAsked ? "asked" : "")}");
    }

    [Fact]
    public void Rows_OfAllTables_AreEnoughAndNoneTwice()
    {
        var rows = Tables.SelectMany(Read).ToArray();

        Assert.True(rows.Length >= FewestRows, $"{rows.Length} rows");
        Assert.Empty(rows.GroupBy(r => (r.Policy, r.Question)).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    /// <summary>Every rule and exception of a table decides in some row, or it shows nothing.</summary>
    [Fact]
    public void Rows_OfEverySection_LetEveryRuleDecide() =>
        Assert.Empty(Tables.SelectMany(Read).GroupBy(r => r.Policy).SelectMany(section =>
        {
            var model = Tests.Policies.Of(Tests.Policies.Authorities + section.Key);
            return model.Rules.Select(r => r.Name).Concat(model.Exemptions.Select(e => e.Name)).Except(section.Select(r => r.Expected.Split(" | ")[2]));
        }));

    /// <summary>The policies of all tables.</summary>
    internal static IEnumerable<string> Policies() => Tables.SelectMany(Read).Select(r => Tests.Policies.Head + Tests.Policies.Authorities + r.Policy).Distinct(StringComparer.Ordinal);

    private static List<Row> Read(string table)
    {
        using var stream = typeof(DecisionTableTests).Assembly.GetManifestResourceStream(table + ".table")!;
        using var reader = new StreamReader(stream);
        var rows = new List<Row>();
        var policy = "";
        var isPolicy = false;
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.StartsWith("===", StringComparison.Ordinal))
            {
                (policy, isPolicy) = ("", true);
            }
            else if (line is "---")
            {
                isPolicy = false;
            }
            else if (isPolicy)
            {
                policy += Question.Expand(line) + "\n";
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                rows.Add(Row.Parse(number, policy, [.. line.Split('|').Select(c => c.Trim())]));
            }
        }

        return rows;
    }

    private sealed record Row(int Line, string Policy, Question Question, string Expected)
    {
        public static Row Parse(int line, string policy, string[] cells)
        {
            Assert.Equal(9, cells.Length + (cells.Length == 8 ? 1 : 0));
            var time = cells[3].Length == 0 ? Tests.Policies.Now : DateTimeOffset.Parse(cells[3], CultureInfo.InvariantCulture);
            var question = new Question(cells[0], cells[1], cells[2].Length == 0 ? null : cells[2], time, cells[4]);
            return new Row(line, policy, question, $"{cells[5]} | {cells[6]} | {cells[7]} | {(cells.Length > 8 ? cells[8] : "")}");
        }
    }
}
