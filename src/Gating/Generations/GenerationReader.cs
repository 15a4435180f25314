using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Gating.Identity.Jose;

namespace Gating.Generations;

/// <summary>Reads the body of <c>POST /v1/generations</c>: one JSON object, no member twice, none unknown. What is wrong is named by its place.</summary>
public static class GenerationReader
{
    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxSize = 16 * 1024;

    private const int MaxDepth = 4;
    private const int MaxText = 128;
    private const int DigestLength = 43;
    private const int MaxConsents = 16;

    private static readonly SearchValues<char> Base64Url = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly (string Word, SynthesisCategory Category)[] Categories =
    [
        ("text", SynthesisCategory.Text), ("voice", SynthesisCategory.Voice), ("face", SynthesisCategory.Face), ("scene", SynthesisCategory.Scene), ("other", SynthesisCategory.Other),
    ];

    private static readonly string[] Members =
        ["model", "model_version", "category", "prompt_digest", "input_digests", "parameters_digest", "moderation", "consent_ids", "units", "outputs"];

    /// <summary>Null where <paramref name="problem"/> says what is wrong and where.</summary>
    public static GenerationRequest? Parse(ReadOnlyMemory<byte> json, out string problem)
    {
        if (json.Length > MaxSize || !StrictJson.TryParseObject(json, MaxDepth, out var document))
        {
            problem = $"The body is not one JSON object of at most {MaxSize} bytes without repeated members.";
            return null;
        }

        using (document)
        {
            var reading = new Reading(document.RootElement);
            var request = reading.Request();
            problem = reading.Problem ?? string.Empty;
            return reading.Problem is null ? request : null;
        }
    }

    internal static string Word(SynthesisCategory category) => Categories.Single(one => one.Category == category).Word;

    /// <summary>Reads on after a fault with a harmless value, and keeps the first.</summary>
    private sealed class Reading(JsonElement root)
    {
        public string? Problem { get; private set; }

        public GenerationRequest Request()
        {
            foreach (var member in root.EnumerateObject().Where(static member => !Members.Contains(member.Name, StringComparer.Ordinal)))
            {
                Fail(member.Name.Length <= MaxText && member.Name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_') ? member.Name : "A member", "is unknown");
            }

            var category = Categories.FirstOrDefault(one => string.Equals(one.Word, Text(root, "category", isRequired: true), StringComparison.Ordinal)).Category;
            if (category == default)
            {
                Fail("category", "is not one of " + string.Join(", ", Categories.Select(static one => one.Word)));
            }

            return new(
                Text(root, "model", isRequired: true)!,
                Text(root, "model_version", isRequired: true)!,
                category,
                Digest("prompt_digest"),
                Texts("input_digests", GenerationRequest.MaxInputs, IsDigest),
                Digest("parameters_digest"),
                ReadModeration(),
                Texts("consent_ids", MaxConsents, static text => text.Length is >= 1 and <= MaxText && !text.AsSpan().ContainsAnyExcept(Base64Url)),
                Number("units", int.MaxValue),
                Number("outputs", GenerationRequest.MaxOutputs) ?? 1);
        }

        private Moderation? ReadModeration()
        {
            if (!root.TryGetProperty("moderation", out var moderation))
            {
                return null;
            }

            if (moderation.ValueKind is not JsonValueKind.Object || moderation.EnumerateObject().Any(static member => member.Name is not ("verdict" or "rules")))
            {
                Fail("moderation", "is not an object of verdict and rules");
                return null;
            }

            var verdict = Text(moderation, "verdict", isRequired: true);
            if (verdict is not ("allowed" or "flagged"))
            {
                Fail("moderation.verdict", "is not allowed or flagged: what was refused is not generated");
            }

            return new(verdict!, Text(moderation, "rules", isRequired: true)!);
        }

        private string? Digest(string name)
        {
            var text = Text(root, name, isRequired: false);
            if (text is not null && !IsDigest(text))
            {
                Fail(name, "is not a SHA-256 in base64url of 43 characters");
            }

            return text;
        }

        private string? Text(JsonElement from, string name, bool isRequired)
        {
            if (!from.TryGetProperty(name, out var value))
            {
                if (isRequired)
                {
                    Fail(name, "is missing");
                }

                return null;
            }

            if (value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 and <= MaxText } text && !text.Any(char.IsControl))
            {
                return text;
            }

            Fail(name, $"is not a text of 1 to {MaxText} characters without controls");
            return null;
        }

        private int? Number(string name, int most)
        {
            if (!root.TryGetProperty(name, out var value))
            {
                return null;
            }

            if (value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 1 && number <= most)
            {
                return number;
            }

            Fail(name, $"is not a whole number from 1 to {most}");
            return null;
        }

        private ImmutableArray<string> Texts(string name, int most, Predicate<string> holds)
        {
            if (!root.TryGetProperty(name, out var list))
            {
                return [];
            }

            if (list.ValueKind is JsonValueKind.Array && list.GetArrayLength() <= most
                && list.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String && holds(item.GetString()!)))
            {
                return [.. list.EnumerateArray().Select(static item => item.GetString()!)];
            }

            Fail(name, $"is not a list of at most {most} of what it must be");
            return [];
        }

        private static bool IsDigest(string text) => text.Length == DigestLength && !text.AsSpan().ContainsAnyExcept(Base64Url);

        private void Fail(string where, string what) => Problem ??= $"{where} {what}.";
    }
}
