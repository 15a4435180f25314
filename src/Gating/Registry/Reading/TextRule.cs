using System.Buffers;
using System.Collections.Immutable;

namespace Gating.Registry.Reading;

/// <summary>What a text must be, and how to say so.</summary>
internal sealed record TextRule(Predicate<string> Holds, string Allowed)
{
    public TextRule Except(IReadOnlySet<string> refused, string why) =>
        new(text => Holds(text) && !refused.Contains(text), $"{Allowed}; {why}");
}

/// <summary>The values a text may have, by name.</summary>
internal sealed class Choices<T>(params ReadOnlySpan<(string Name, T Value)> choices)
    where T : struct
{
    private readonly ImmutableArray<(string Name, T Value)> _choices = [.. choices];

    public T First => _choices[0].Value;

    public string Allowed => string.Join(", ", _choices.Select(choice => $"\"{choice.Name}\""));

    public string NameOf(T value) => _choices.Single(choice => EqualityComparer<T>.Default.Equals(choice.Value, value)).Name;

    public bool TryGet(string text, out T value)
    {
        foreach (var choice in _choices)
        {
            if (string.Equals(choice.Name, text, StringComparison.Ordinal))
            {
                value = choice.Value;
                return true;
            }
        }

        value = default;
        return false;
    }
}

/// <summary>The texts of a registry. The same as the patterns of <c>registry.schema.json</c>.</summary>
internal static class TextRules
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";

    private static readonly SearchValues<char> AppIdCharacters = SearchValues.Create(Lower + Upper + Digits + "._-");
    private static readonly SearchValues<char> OperationCharacters = SearchValues.Create(Lower + Digits + "_");
    private static readonly SearchValues<char> MediaTypeCharacters = SearchValues.Create(Lower + Digits + "/.+-");
    private static readonly SearchValues<char> QuotaNameCharacters = SearchValues.Create(Lower + Digits + "-");

    public static TextRule AppId { get; } = new(text => Consists(text, 64, AppIdCharacters), "1 to 64 characters of A-Z a-z 0-9 . _ -");

    public static TextRule Operation { get; } =
        new(text => Consists(text, 64, OperationCharacters) && char.IsAsciiLetterLower(text[0]), "1 to 64 characters of a-z 0-9 _, a letter first");

    public static TextRule QuotaName { get; } = new(text => Consists(text, 32, QuotaNameCharacters), "1 to 32 characters of a-z 0-9 -");

    public static TextRule Label { get; } = new(text => IsPlain(text, 128), "1 to 128 characters without controls");

    public static TextRule Value { get; } = new(text => IsPlain(text, 256), "1 to 256 characters without controls");

    public static TextRule Ascii { get; } = new(text => IsBetween(text, ' ', '~'), "1 to 256 printable ASCII characters");

    public static TextRule Word { get; } = new(text => IsBetween(text, '!', '~'), "1 to 256 printable ASCII characters without spaces");

    /// <summary>What a human says why.</summary>
    public static TextRule Statement { get; } = new(static text => IsPlain(text, 512) && !string.IsNullOrWhiteSpace(text), "1 to 512 characters, not blank and without controls");

    public static TextRule Time { get; } = new(static text => Rfc3339.Parse(text) is not null, "a time as 2027-01-31T00:00:00Z");

    public static TextRule ProviderCode { get; } =
        new(text => Labels.ProviderCode.TryParse(text, out _), "a provider's code of 27 characters whose credit code's check character holds (TC260-PG-20252A)");

    public static TextRule MediaType { get; } =
        new(text => Consists(text, 127, MediaTypeCharacters) && text.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && slash < text.Length - 1, "a media type in lower case, such as image/png");

    private static bool Consists(string text, int most, SearchValues<char> characters) =>
        text.Length >= 1 && text.Length <= most && !text.AsSpan().ContainsAnyExcept(characters);

    private static bool IsPlain(string text, int most) => text.Length >= 1 && text.Length <= most && !text.Any(char.IsControl);

    private static bool IsBetween(string text, char first, char last) => text.Length is >= 1 and <= 256 && !text.AsSpan().ContainsAnyExceptInRange(first, last);
}
