using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Gating.Functions.Hosting;

/// <summary>
/// What the host posts for a message: <c>{"Data":{"message":…},"Metadata":{…}}</c>. Of this only <c>Data.message</c> is read. Metadata is never believed: where a message is an object, the host writes the object's own members over
/// what the queue said (<c>DequeueCount</c>, <c>Id</c>), so that whoever may put a message writes them.
/// </summary>
internal static class InvocationBody
{
    /// <summary>The name of every queue trigger's binding.</summary>
    public const string Binding = "message";

    /// <summary>A message of 64 KiB as text, each character escaped twice, both as data and as metadata.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>
    /// Our triggers say <c>"dataType": "binary"</c>: base64 of exactly what lies in the queue. That is base64 again, which <c>host.json</c> leaves to us (<c>messageEncoding</c> none): the host would put what is none where nobody
    /// reads it, and here it is set aside with a reason. A text in the place of the outer base64, written as JSON once or twice, and an object, which other versions of the host send, are read as well, and so is a message that
    /// the host has decoded. What is base64 is taken for bytes: every message of ours is a JSON object, which is none.
    /// </summary>
    public static bool TryReadMessage(ReadOnlyMemory<byte> body, out ReadOnlyMemory<byte> message)
    {
        message = default;
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind is not JsonValueKind.Object
                || !document.RootElement.TryGetProperty("Data"u8, out var data)
                || data.ValueKind is not JsonValueKind.Object
                || !data.TryGetProperty(Binding, out var value))
            {
                return false;
            }

            message = Decoded(value.ValueKind is JsonValueKind.String ? OfText(value.GetString()!) : Encoding.UTF8.GetBytes(value.GetRawText()));
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // No JSON, or half of a surrogate pair.
            return false;
        }
    }

    private static byte[] Decoded(byte[] queued)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(queued.Length)];
        return Base64.DecodeFromUtf8(queued, bytes, out var read, out var written) is OperationStatus.Done && read == queued.Length ? bytes[..written] : queued;
    }

    private static byte[] OfText(string text)
    {
        var bytes = new byte[text.Length];
        if (Convert.TryFromBase64String(text, bytes, out var length))
        {
            return bytes[..length];
        }

        return Encoding.UTF8.GetBytes(text is ['"', .., '"'] && OfLiteral(text) is { } inner ? inner : text);
    }

    private static string? OfLiteral(string text)
    {
        try
        {
            using var literal = JsonDocument.Parse(text);
            return literal.RootElement.ValueKind is JsonValueKind.String ? literal.RootElement.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
