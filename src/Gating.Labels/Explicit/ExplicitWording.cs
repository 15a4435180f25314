using System.Diagnostics.CodeAnalysis;

namespace Gating.Labels.Explicit;

/// <summary>
/// The words of an explicit label (GB 45438-2025, clause 5): one that names artificial intelligence (<c>AI</c>, <c>人工智能</c>) and one that says generated or synthesised (<c>生成</c>,
/// <c>合成</c>). The standard asks for no fixed sentence; the label is short, so that it is a label and not a sentence about AI.
/// </summary>
public sealed record ExplicitWording
{
    /// <summary>In characters.</summary>
    public const int MaxLength = 64;

    private static readonly string[] Intelligence = ["AI", "人工智能"];
    private static readonly string[] Generation = ["生成", "合成"];

    private ExplicitWording(string text) => Text = text;

    /// <summary>What is written where the caller asks for nothing else.</summary>
    public static ExplicitWording Usual { get; } = new("AI生成");

    public string Text { get; }

    /// <summary>False for a text that lacks one of the two elements, is longer than <see cref="MaxLength"/>, or holds a line break or another control character.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ExplicitWording? wording)
    {
        wording = text.Length <= MaxLength && !text.Any(char.IsControl) && HasBothElements(text) ? new(text) : null;
        return wording is not null;
    }

    /// <summary>Whether a line that was found is an explicit label: short, and with both elements.</summary>
    internal static bool IsLabel(ReadOnlySpan<char> line) => line.Trim() is { Length: > 0 and <= MaxLength } text && HasBothElements(text.ToString());

    private static bool HasBothElements(string text) =>
        Intelligence.Any(word => text.Contains(word, StringComparison.Ordinal)) && Generation.Any(word => text.Contains(word, StringComparison.Ordinal));
}
