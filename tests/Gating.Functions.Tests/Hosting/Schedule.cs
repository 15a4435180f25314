using System.Globalization;

namespace Gating.Functions.Tests.Hosting;

/// <summary>When a timer of six fields fires (seconds, minutes, hours, days, months, days of the week; UTC): stars, steps of a star, and numbers, which is all that ours are made of.</summary>
internal static class Schedule
{
    /// <summary>Between each two of its times in three days.</summary>
    public static IReadOnlyList<TimeSpan> GapsOf(string schedule)
    {
        var fields = schedule.Split(' ');
        if (fields is not [_, _, _, "*", "*", "*"])
        {
            throw new FormatException($"'{schedule}' is not of six fields with every day in them.");
        }

        var (start, times) = (new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc), new List<DateTime>());
        for (var time = start; time < start.AddDays(3); time = time.AddSeconds(1))
        {
            if (Has(fields[0], time.Second) && Has(fields[1], time.Minute) && Has(fields[2], time.Hour))
            {
                times.Add(time);
            }
        }

        return [.. times.Zip(times.Skip(1), static (one, next) => next - one)];
    }

    private static bool Has(string field, int value) => field switch
    {
        "*" => true,
        ['*', '/', .. var step] => value % int.Parse(step, CultureInfo.InvariantCulture) == 0,
        _ => value == int.Parse(field, CultureInfo.InvariantCulture),
    };
}
