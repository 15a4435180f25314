using System.Text.Json;
using Gating.Identity.Jose;

namespace Gating.Archive;

/// <summary>What the platform states when a user asks for an output without the label that people see (Labelling Measures Art. 9).</summary>
/// <param name="Agreement">Version of the user agreement that makes the labelling duty and the liability clear, as it was accepted.</param>
/// <param name="Reason">Why the user asks.</param>
/// <param name="Recipient">Who gets it. Personal: it stands only in the sealed part of the record.</param>
public sealed record ReleaseStatement(string Agreement, string Reason, string Recipient)
{
    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxSize = 4096;

    private const int MaxText = 512;

    /// <summary>Null where <paramref name="problem"/> says what is wrong.</summary>
    public static ReleaseStatement? Parse(ReadOnlyMemory<byte> json, out string problem)
    {
        problem = $"The statement is one JSON object of agreement, reason and recipient, texts of 1 to {MaxText} characters without controls.";
        if (json.Length > MaxSize || !StrictJson.TryParseObject(json, maxDepth: 2, out var document))
        {
            return null;
        }

        using (document)
        {
            var root = document.RootElement;
            return root.EnumerateObject().Count() == 3 && Text(root, "agreement") is { } agreement && Text(root, "reason") is { } reason && Text(root, "recipient") is { } recipient
                ? new(agreement, reason, recipient)
                : null;
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 and <= MaxText } text && !text.Any(char.IsControl)
            ? text
            : null;
}
