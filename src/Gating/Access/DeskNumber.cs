using System.Globalization;

namespace Gating.Access;

/// <summary>How people cite what has a number in the operator's ledger: a letter for what it is, and the number (<c>m12</c>, <c>r3</c>).</summary>
public static class DeskNumber
{
    /// <summary>The letter and the twelve digits that a stream's entries can have.</summary>
    private const int MaxCharacters = 13;

    public static string Text(char letter, long number) => string.Create(CultureInfo.InvariantCulture, $"{letter}{number}");

    /// <summary>Reads what <see cref="Text"/> writes with that letter, and nothing else.</summary>
    public static bool TryParse(string? text, char letter, out long number)
    {
        number = 0;
        return text is [var first, >= '1' and <= '9', ..] && first == letter && text.Length <= MaxCharacters
            && long.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
