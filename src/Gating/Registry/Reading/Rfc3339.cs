using System.Globalization;

namespace Gating.Registry.Reading;

/// <summary>Times as they are sent: RFC 3339 with a time zone, cut to whole milliseconds.</summary>
public static class Rfc3339
{
    /// <summary>Null for anything else.</summary>
    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            && text is [.., 'Z'] or [.., '+' or '-', _, _, ':', _, _]
            ? DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds())
            : null;

    /// <summary>In UTC, with milliseconds always.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
