using System.Globalization;

namespace Gating.Log;

/// <summary>Decimal numbers as the log's formats write them: digits, no sign, no leading zero.</summary>
internal static class DecimalText
{
    public static bool TryRead(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && (text[0] != '0' || text.Length == 1);
}
