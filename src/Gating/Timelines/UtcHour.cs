using System.Globalization;

namespace Gating.Timelines;

/// <summary>One hour of UTC, its first instant included and the next hour's not. <paramref name="Number"/> counts from the year 1, so that hours follow each other without a gap.</summary>
public readonly record struct UtcHour(long Number)
{
    private const string Format = "yyyyMMddHH";

    public DateTimeOffset Start => new(Number * TimeSpan.TicksPerHour, TimeSpan.Zero);

    /// <summary>The first instant that is no more of it.</summary>
    public DateTimeOffset End => Next.Start;

    public UtcHour Next => new(Number + 1);

    public static UtcHour Of(DateTimeOffset time) => new(time.UtcTicks / TimeSpan.TicksPerHour);

    /// <summary>Reads the ten digits that <see cref="ToString"/> writes, and nothing else.</summary>
    public static bool TryParse(string? text, out UtcHour hour)
    {
        hour = default;
        if (!DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return false;
        }

        hour = Of(time);
        return true;
    }

    /// <summary>Year, month, day and hour in ten digits: texts are in the order of the hours.</summary>
    public override string ToString() => Start.ToString(Format, CultureInfo.InvariantCulture);
}
