using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NodeGate.Host.Commands;

/// <summary>JSON as the commands print it: not escaped for HTML, which nobody reads it as.</summary>
internal static class JsonText
{
    /// <summary>What <paramref name="write"/> writes, without a line end behind it.</summary>
    internal static string Write(Action<Utf8JsonWriter> write, bool indented = false)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
