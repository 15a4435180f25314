using System.Buffers;
using System.Text.Json;

namespace Gating;

/// <summary>
/// Writes one JSON object member by member, in the order written. A writer and its buffer cost more than what goes through them: each thread keeps a pair.
/// </summary>
public static class JsonBytes
{
    private const int FirstSize = 2048;
    private const int LargestKept = 32 * 1024;

    // The order of the calls is in the code, and vectors fix the bytes.
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    [ThreadStatic]
    private static Pen? _idle;

    /// <summary>The object's bytes, UTF-8. <paramref name="members"/> may itself write other objects.</summary>
    public static byte[] OfObject<TState>(TState state, Action<Utf8JsonWriter, TState> members)
    {
        var pen = _idle ?? new Pen();

        // Taken, so that an object within this one gets another; one that threw is not put back.
        _idle = null;
        pen.Json.WriteStartObject();
        members(pen.Json, state);
        pen.Json.WriteEndObject();
        pen.Json.Flush();
        var written = pen.Buffer.WrittenSpan.ToArray();
        if (pen.Buffer.Capacity <= LargestKept)
        {
            // Wiped: some of it is personal.
            pen.Buffer.Clear();
            pen.Json.Reset();
            _idle = pen;
        }

        return written;
    }

    private sealed class Pen
    {
        public Pen() => Json = new(Buffer, Options);

        public ArrayBufferWriter<byte> Buffer { get; } = new(FirstSize);

        public Utf8JsonWriter Json { get; }
    }
}
