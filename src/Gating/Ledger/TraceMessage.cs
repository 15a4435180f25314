using System.Text.Json;

namespace Gating.Ledger;

/// <summary>
/// A message of the <c>trace</c> queue, version 1, before base64: <c>{"v":1,"refs":[["{stream}",from,to],…]}</c>; with <c>"since":{unix-ms}</c> where the rows of its one reference were not there
/// at that time. Without references it only asks for a seal.
/// </summary>
public sealed record TraceMessage(IReadOnlyList<TraceReference> References, DateTimeOffset? AbsentSince)
{
    public const int Version = 1;

    /// <summary>A queue message holds 64 KiB of base64.</summary>
    public const int MaxBytes = 48 * 1024;

    /// <summary>Nothing to read; there may be something to seal.</summary>
    public static ReadOnlyMemory<byte> Nudge { get; } = Encode(new([], null));

    public static byte[] Write(IReadOnlyList<TraceReference> references) => references.Count is 0 or > ITraceQueue.MaxReferences
        ? throw new ArgumentException($"{references.Count} references; 1 to {ITraceQueue.MaxReferences} go into a message.", nameof(references))
        : Encode(new(references, null));

    /// <summary>One reference whose rows were not there.</summary>
    public static byte[] WriteAbsent(TraceReference reference, DateTimeOffset since) => Encode(new([reference], since));

    /// <summary>Reads a message strictly: throws <see cref="UnknownVersionException"/> or <see cref="JsonException"/>, so that a poison message is never half understood.</summary>
    public static TraceMessage Read(ReadOnlyMemory<byte> message)
    {
        using var document = JsonDocument.Parse(message, new() { MaxDepth = 4 });
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("v"u8, out var v) || v.ValueKind != JsonValueKind.Number || !v.TryGetInt64(out var version))
        {
            throw new JsonException("A trace message without a version.");
        }

        if (version != Version)
        {
            throw new UnknownVersionException("trace message", version);
        }

        return root.TryGetProperty("refs"u8, out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() <= ITraceQueue.MaxReferences
            ? new([.. list.EnumerateArray().Select(ReadReference)], root.TryGetProperty("since"u8, out var since) ? ReadTime(since) : null)
            : throw new JsonException("A trace message without references, or with too many.");
    }

    private static byte[] Encode(TraceMessage message)
    {
        var bytes = JsonBytes.OfObject(message, static (json, message) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteStartArray("refs"u8);
            foreach (var reference in message.References)
            {
                json.WriteStartArray();
                json.WriteStringValue(reference.Stream.ToString());
                json.WriteNumberValue(reference.From);
                json.WriteNumberValue(reference.To);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            if (message.AbsentSince is { } since)
            {
                json.WriteNumber("since"u8, since.ToUnixTimeMilliseconds());
            }
        });
        return bytes.Length < MaxBytes ? bytes : throw new ArgumentException($"A message of {bytes.Length} bytes.", nameof(message));
    }

    private static DateTimeOffset ReadTime(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var milliseconds) && milliseconds is >= 0 and <= 253_402_300_799_999
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw new JsonException("A trace message with a time that is none.");

    private static TraceReference ReadReference(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 3
        && element[0].ValueKind == JsonValueKind.String && StreamId.TryParse(element[0].GetString(), out var stream)
        && element[1].ValueKind == JsonValueKind.Number && element[1].TryGetInt64(out var from)
        && element[2].ValueKind == JsonValueKind.Number && element[2].TryGetInt64(out var to)
        && from >= 1 && to >= from
            ? new(stream, from, to)
            : throw new JsonException("A trace message with a reference that is none.");
}
