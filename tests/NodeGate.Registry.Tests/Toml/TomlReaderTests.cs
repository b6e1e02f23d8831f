using System.Text;
using NodeGate.Registry.Toml;

namespace NodeGate.Registry.Tests.Toml;

public sealed class TomlReaderTests
{
    [Fact]
    public void Read_EveryForm_GivesValuesInOrder()
    {
        var root = Read(
            """
            # comment
            server = "https://a" # behind
            'literal key' = 'C:\raw'
            a.b."c d" = true
            number = -1_000.5e3
            date = 1979-05-27T07:32:00Z
            list = [ "x", # one
              ["y", 'z'],
            ]
            inline = { one = "1", two = [] }
            multi = @@@
            first \
                joined
            end@@@
            raw = '''
            a'b''c'''
            escaped = "\u00e9\U0001F600\t\\"

            [host."https://z"]
            skip_verify = false
            [host."https://a"]
            """.Replace("@@@", "\"\"\"", StringComparison.Ordinal));

        Assert.Equal("https://a", String(root, "server"));
        Assert.Equal("C:\\raw", String(root, "literal key"));
        Assert.True(Get(Table(Table(root, "a"), "b"), "c d").AsBoolean("c d"));
        Assert.Equal(TomlKind.Other, Get(root, "number").Kind);
        Assert.Equal(TomlKind.Other, Get(root, "date").Kind);
        Assert.Equal(["y", "z"], Get(root, "list").AsArray("list")[1].AsArray("list").Select(item => item.AsString("list")));
        Assert.Equal("1", String(Table(root, "inline"), "one"));
        Assert.Equal("first joined\nend", String(root, "multi"));
        Assert.Equal("a'b''c", String(root, "raw"));
        Assert.Equal("é😀\t\\", String(root, "escaped"));
        Assert.Equal(["https://z", "https://a"], Table(root, "host").Entries.Select(entry => entry.Key));
    }

    [Theory]
    [InlineData("a = 1\na = 2", 2)]
    [InlineData("[t]\nx = 1\n[t]", 3)]
    [InlineData("a = \"open", 1)]
    [InlineData("a = \"line\nbreak\"", 1)]
    [InlineData("a = [1, 2", 1)]
    [InlineData("a = [1 2]", 1)]
    [InlineData("a = { b = 1", 1)]
    [InlineData("a = { b = 1,\n c = 2 }", 1)]
    [InlineData("a = word", 1)]
    [InlineData("a =", 1)]
    [InlineData("= 1", 1)]
    [InlineData("a 1", 1)]
    [InlineData("\n\na = 1 b = 2", 3)]
    [InlineData("[[t]]", 1)]
    [InlineData("a = \"\\x\"", 1)]
    [InlineData("a = \"\\ud800\"", 1)]
    [InlineData("a = \"\\u00e\0\"", 1)]
    [InlineData("a = \"\u0001\"", 1)]
    [InlineData("a = 1\r b = 2", 1)]
    [InlineData("a = {}\n[a]", 2)]
    [InlineData("a.b = 1\n[a]", 2)]
    [InlineData("a = 1\n[a.b]", 1)]
    public void Read_NotToml_NamesTheLine(string text, int line)
    {
        var e = Assert.Throws<TomlException>(() => Read(text));

        Assert.Equal(line, e.Line);
        Assert.StartsWith($"line {line}: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_InvalidUtf8_NamesTheLine()
    {
        var e = Assert.Throws<TomlException>(() => new TomlReader().Read(new byte[] { (byte)'a', (byte)'\n', 0xff }));

        Assert.Equal(2, e.Line);
    }

    [Fact]
    public void Read_DeeperThanTheLimit_IsRefused()
    {
        var depth = RegistryLimits.MaxTomlDepth + 2;

        Assert.Throws<TomlException>(() => Read("a = " + new string('[', depth) + new string(']', depth)));
        Assert.Throws<TomlException>(() => Read(string.Join('.', Enumerable.Repeat("a", depth)) + " = 1"));
    }

    [Fact]
    public void Read_LargerThanTheLimit_IsRefused() =>
        Assert.Throws<TomlException>(() => Read(new string('\n', RegistryLimits.MaxHostsFileBytes + 1)));

    private static TomlTable Read(string text) => new TomlReader().Read(Encoding.UTF8.GetBytes(text));

    private static TomlValue Get(TomlTable table, string key) => table.TryGet(key, out var value) ? value : throw new KeyNotFoundException(key);

    private static string String(TomlTable table, string key) => Get(table, key).AsString(key);

    private static TomlTable Table(TomlTable table, string key) => Get(table, key).AsTable(key);
}
