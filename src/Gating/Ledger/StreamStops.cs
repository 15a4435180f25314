using System.Collections.Immutable;

namespace Gating.Ledger;

/// <summary>A stop of a stream's owner. Whoever sets it names it, and names it the same again where an answer was lost; a name serves once.</summary>
/// <param name="Seq">The entry that recorded it.</param>
/// <param name="Until">Whole milliseconds; from then on it holds nobody up, without anybody's doing. Null: until it is lifted.</param>
/// <param name="From">Whole milliseconds; before that it holds nobody up. Null: from its entry on.</param>
public readonly record struct StreamStop(KeyHash Id, long Seq, DateTimeOffset? Until, DateTimeOffset? From = null)
{
    public bool HoldsAt(DateTimeOffset now) => !WaitsAt(now) && !IsOverAt(now);

    /// <summary>Its time is to come.</summary>
    public bool WaitsAt(DateTimeOffset now) => now < From;

    public bool IsOverAt(DateTimeOffset now) => now >= Until;
}

/// <summary>The stops of a stream. They stand in its head, so that nothing that is decided on the head ever races with one.</summary>
/// <param name="Standing">Set and not lifted, those that begin later among them, and the suspensions that have ended by themselves until the next one is set; at most <see cref="MaxStanding"/>.</param>
/// <param name="Lifted">The last <see cref="MaxLifted"/> that were lifted, the oldest first: a request to set one that comes late does not set it again.</param>
public sealed record StreamStops(ImmutableArray<StreamStop> Standing, ImmutableArray<StreamStop> Lifted)
{
    public const int MaxStanding = 32;
    public const int MaxLifted = 32;

    public static StreamStops None { get; } = new([], []);

    public bool Any => !(Standing.IsEmpty && Lifted.IsEmpty);

    /// <summary>One of them begins, or was to begin, at a time of its own.</summary>
    internal bool AnyTimed => Standing.Any(static stop => stop.From is not null) || Lifted.Any(static stop => stop.From is not null);

    /// <summary>Set before, standing or lifted; null where nobody knows of it.</summary>
    public StreamStop? Find(KeyHash id) => Of(Standing, id) ?? Of(Lifted, id);

    public bool Stands(KeyHash id) => Of(Standing, id) is not null;

    /// <summary>What is over by then makes room.</summary>
    public StreamStops Set(StreamStop stop, DateTimeOffset now) => this with { Standing = Standing.RemoveAll(one => one.IsOverAt(now)).Add(stop) };

    /// <summary>The same where it does not stand.</summary>
    public StreamStops Lift(KeyHash id) => Of(Standing, id) is { } stop
        ? new(Standing.Remove(stop), (Lifted.Length < MaxLifted ? Lifted : Lifted.RemoveAt(0)).Add(stop))
        : this;

    /// <summary>What the strongest of all that stand makes of it, whenever each holds.</summary>
    internal StreamStatus Status => StatusOf(Standing);

    internal StreamStatus StatusAt(DateTimeOffset now) => StatusOf(Standing.RemoveAll(stop => !stop.HoldsAt(now)));

    private static StreamStatus StatusOf(ImmutableArray<StreamStop> stops) => stops.IsEmpty ? StreamStatus.Active : stops.Any(static stop => stop.Until is null) ? StreamStatus.Revoked : StreamStatus.Suspended;

    private static StreamStop? Of(ImmutableArray<StreamStop> stops, KeyHash id)
    {
        foreach (var stop in stops)
        {
            if (stop.Id == id)
            {
                return stop;
            }
        }

        return null;
    }
}
