using System.Text.Json;
using Gating.Identity.Jose;

namespace Gating.Signals;

/// <summary>That an event waits: which, and how often it was tried to send it. It carries nothing of the event, so that whoever may write to the queue can make nothing but a try.</summary>
internal sealed record SignalMessage(string App, string Id, int Tries)
{
    private const int Version = 1;
    private const int MaxSize = 1024;

    public byte[] ToBytes() => JsonBytes.OfObject(this, static (json, message) =>
    {
        json.WriteNumber("v"u8, Version);
        json.WriteString("app"u8, message.App);
        json.WriteString("jti"u8, message.Id);
        json.WriteNumber("tries"u8, message.Tries);
    });

    /// <summary>Null where it is none.</summary>
    public static SignalMessage? Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MaxSize || !StrictJson.TryParseObject(bytes, maxDepth: 1, out var json))
        {
            return null;
        }

        using (json)
        {
            var root = json.RootElement;
            return root.TryGetProperty("v"u8, out var version) && version.ValueKind is JsonValueKind.Number && version.TryGetInt32(out var number) && number == Version
                && root.TryGetProperty("app"u8, out var app) && app.ValueKind is JsonValueKind.String && root.TryGetProperty("jti"u8, out var id) && id.ValueKind is JsonValueKind.String
                && root.TryGetProperty("tries"u8, out var tries) && tries.ValueKind is JsonValueKind.Number && tries.TryGetInt32(out var count) && count >= 0
                ? new(app.GetString()!, id.GetString()!, count)
                : null;
        }
    }
}
