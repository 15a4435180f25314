using System.Text.Json;
using Gating.Azure.Http;
using Gating.Ledger;

namespace Gating.Azure.Ledger;

/// <summary>A message of the <c>trace</c> queue, version 1: <c>{"v":1,"refs":[["{stream}",from,to],…]}</c>, before base64.</summary>
public static class TraceMessage
{
    public const int Version = 1;

    /// <summary>A queue message holds 64 KiB of base64.</summary>
    public const int MaxBytes = 48 * 1024;

    public static byte[] Write(IReadOnlyList<TraceReference> references)
    {
        if (references.Count is 0 or > ITraceQueue.MaxReferences)
        {
            throw new ArgumentException($"{references.Count} references; 1 to {ITraceQueue.MaxReferences} go into a message.", nameof(references));
        }

        using var body = new PooledBody();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteNumber("v"u8, Version);
            json.WriteStartArray("refs"u8);
            foreach (var reference in references)
            {
                json.WriteStartArray();
                json.WriteStringValue(reference.Stream.ToString());
                json.WriteNumberValue(reference.From);
                json.WriteNumberValue(reference.To);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        var bytes = body.Written.ToArray();
        body.Recycle();
        return bytes.Length < MaxBytes ? bytes : throw new ArgumentException($"A message of {bytes.Length} bytes.", nameof(references));
    }

    /// <summary>Reads a message strictly: throws <see cref="UnknownVersionException"/> or <see cref="JsonException"/>, so that a poison message is never half understood.</summary>
    public static IReadOnlyList<TraceReference> Read(ReadOnlyMemory<byte> message)
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

        return root.TryGetProperty("refs"u8, out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() is > 0 and <= ITraceQueue.MaxReferences
            ? [.. list.EnumerateArray().Select(ReadReference)]
            : throw new JsonException("A trace message without references, or with too many.");
    }

    private static TraceReference ReadReference(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 3
        && element[0].ValueKind == JsonValueKind.String && StreamId.TryParse(element[0].GetString(), out var stream)
        && element[1].ValueKind == JsonValueKind.Number && element[1].TryGetInt64(out var from)
        && element[2].ValueKind == JsonValueKind.Number && element[2].TryGetInt64(out var to)
        && from >= 1 && to >= from
            ? new(stream, from, to)
            : throw new JsonException("A trace message with a reference that is none.");
}
