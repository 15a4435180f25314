namespace Gating.Timelines;

/// <summary>That entries of an hour of a timeline were indexed in the hour <paramref name="Indexed"/>: once that is over, <paramref name="Hour"/> is closed, or closed anew.</summary>
public readonly record struct HourWork(UtcHour Indexed, Timeline Timeline, UtcHour Hour)
{
    private const char Separator = ';';

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string? text, out HourWork work)
    {
        work = default;
        if (text?.Split(Separator, 4) is not [var indexed, var hour, var word, var id] || !UtcHour.TryParse(indexed, out var list) || !UtcHour.TryParse(hour, out var closed)
            || !TimelineKinds.TryParse(word, out var kind) || !Timeline.TryCreate(kind, id, out var timeline))
        {
            return false;
        }

        work = new(list, timeline, closed);
        return true;
    }

    /// <summary>The id last, since it may hold anything: a cursor's value.</summary>
    public override string ToString() => $"{Indexed}{Separator}{Hour}{Separator}{Timeline.Kind.Word()}{Separator}{Timeline.Id}";
}
