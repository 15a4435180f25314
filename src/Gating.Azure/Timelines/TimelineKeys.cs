using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Gating.Ledger;
using Gating.Timelines;

namespace Gating.Azure.Timelines;

/// <summary>
/// Names and keys of the table of timelines, both ways: everything that stands in a key is read back from it, and only from the spelling that is written. Digits are padded, so that the order of
/// keys is the order of times.
/// </summary>
internal static class TimelineKeys
{
    /// <summary>The partition of the lists of hours to close: few and small rows, written once by each instance and hour, read from one end.</summary>
    public const string Work = "work";

    private const string Long = "~~";
    private const string ListedPrefix = "h;";
    private const string ClosedPrefix = "c;";
    private const int MonthDigits = 6;

    /// <summary>After all row keys that say which shards of hours are listed.</summary>
    public static string Listed(UtcHour hour) => ListedPrefix + hour;

    public static string Listed(TimelineShard shard) => $"{Listed(shard.Hour)};{Digit(shard.Shard)}";

    public static string Closed(UtcHour hour) => ClosedPrefix + hour;

    /// <summary>The partition that tells of a timeline's hours in the month of <paramref name="hour"/>.</summary>
    public static string Month(Timeline timeline, UtcHour hour) => $"{Name(timeline)};{hour.ToString()[..MonthDigits]}";

    /// <summary>The partition of one shard's rows.</summary>
    public static string Rows(TimelineShard shard) => $"{Name(shard.Timeline)};{shard.Hour};{Digit(shard.Shard)}";

    /// <summary>The milliseconds count from the hour's beginning: the partition names the hour.</summary>
    public static string Row(TimelinePosition position) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(position.Time.UtcTicks % TimeSpan.TicksPerHour) / TimeSpan.TicksPerMillisecond:D7};{position.Stream};{TableKeys.Digits(position.Seq)}");

    public static string WorkRow(HourWork work) => $"{WorkList(work.Indexed)}{Name(work.Timeline)};{work.Hour}";

    /// <summary>Before all rows of that hour's list, and after those of the hours before it.</summary>
    public static string WorkList(UtcHour indexed) => $"{indexed};";

    public static bool TryReadMonth(string partition, out Timeline timeline)
    {
        timeline = default;
        return partition.Split(';') is [var kind, var id, { Length: MonthDigits } month] && month.All(char.IsAsciiDigit) && TryReadName(kind, id, out timeline);
    }

    public static bool TryReadRows(string partition, out TimelineShard shard)
    {
        shard = default;
        if (partition.Split(';') is not [var kind, var id, var hour, var digit] || !TryReadName(kind, id, out var timeline) || !UtcHour.TryParse(hour, out var start) || !TryReadDigit(digit, out var number))
        {
            return false;
        }

        shard = new(timeline, start, number);
        return true;
    }

    public static bool TryReadRow(UtcHour hour, string key, out TimelinePosition position)
    {
        position = default;
        if (key.Split(';') is not [{ Length: 7 } ms, var stream, var seq] || !int.TryParse(ms, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            || milliseconds >= TimeSpan.MillisecondsPerHour || !StreamId.TryParse(stream, out var id) || !TableKeys.TryReadNumbered(seq, null, out var number))
        {
            return false;
        }

        position = new(hour.Start.AddMilliseconds(milliseconds), id, number);
        return true;
    }

    /// <summary>An hour and a shard of it, where <paramref name="key"/> is of the month that <paramref name="partition"/> names.</summary>
    public static bool TryReadListed(string partition, Timeline timeline, string key, out TimelineShard shard)
    {
        shard = default;
        if (!key.StartsWith(ListedPrefix, StringComparison.Ordinal) || key[ListedPrefix.Length..].Split(';') is not [var hour, var digit] || !UtcHour.TryParse(hour, out var start)
            || !TryReadDigit(digit, out var number) || !string.Equals(Month(timeline, start), partition, StringComparison.Ordinal))
        {
            return false;
        }

        shard = new(timeline, start, number);
        return true;
    }

    public static bool TryReadClosed(string partition, Timeline timeline, string key, out UtcHour hour)
    {
        hour = default;
        return key.StartsWith(ClosedPrefix, StringComparison.Ordinal) && UtcHour.TryParse(key[ClosedPrefix.Length..], out hour) && string.Equals(Month(timeline, hour), partition, StringComparison.Ordinal);
    }

    public static bool TryReadWork(string key, out HourWork work)
    {
        work = default;
        if (key.Split(';') is not [var indexed, var kind, var id, var hour] || !UtcHour.TryParse(indexed, out var list) || !TryReadName(kind, id, out var timeline) || !UtcHour.TryParse(hour, out var closed))
        {
            return false;
        }

        work = new(list, timeline, closed);
        return true;
    }

    /// <summary>As a registry row's key escapes it (<see cref="TableKeys.RegistryRow"/>); an id too long for that is <c>~~</c> and base64url. It is never hashed: a check reads it back.</summary>
    private static string Name(Timeline timeline) => $"{timeline.Kind.Word()};{Escape(timeline.Id)}";

    private static string Escape(string id)
    {
        var escaped = TableKeys.Escape(id);
        return escaped.Length <= TableKeys.MaxEscaped ? escaped : Long + Base64Url.EncodeToString(Encoding.ASCII.GetBytes(id));
    }

    private static bool TryReadName(string word, string escaped, out Timeline timeline)
    {
        timeline = default;
        return TimelineKinds.TryParse(word, out var kind) && Unescape(escaped) is { } id && Timeline.TryCreate(kind, id, out timeline) && string.Equals(Escape(id), escaped, StringComparison.Ordinal);
    }

    private static string? Unescape(string escaped)
    {
        if (escaped.StartsWith(Long, StringComparison.Ordinal))
        {
            return Base64Url.IsValid(escaped.AsSpan(Long.Length)) ? Encoding.ASCII.GetString(Base64Url.DecodeFromChars(escaped.AsSpan(Long.Length))) : null;
        }

        var id = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '~')
            {
                id.Append(escaped[i]);
            }
            else if (i + 2 < escaped.Length && byte.TryParse(escaped.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var character))
            {
                id.Append((char)character);
                i += 2;
            }
            else
            {
                return null;
            }
        }

        return id.ToString();
    }

    private static string Digit(int shard) => shard.ToString("x", CultureInfo.InvariantCulture);

    private static bool TryReadDigit(string text, out int shard)
    {
        shard = text is [var digit] && char.IsAsciiHexDigitLower(digit) ? Convert.ToInt32(text, 16) : -1;
        return shard >= 0;
    }
}
