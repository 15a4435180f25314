using System.Collections.Immutable;

namespace Gating.Ledger;

/// <summary>The legal holds of a stream. They stand in its head, so that a removal, which is decided on the head, never races with one.</summary>
/// <param name="Standing">At most <see cref="MaxStanding"/>.</param>
/// <param name="Lifted">The last <see cref="MaxLifted"/> that were lifted, the oldest first: a request to set one that comes late does not set it again.</param>
public sealed record StreamHolds(ImmutableArray<HoldId> Standing, ImmutableArray<HoldId> Lifted)
{
    public const int MaxStanding = 32;
    public const int MaxLifted = 32;

    public static StreamHolds None { get; } = new([], []);

    /// <summary>Nothing of the stream may be removed.</summary>
    public bool Any => !Standing.IsEmpty;

    public StreamHolds Set(HoldId hold) => this with { Standing = Standing.Add(hold) };

    public StreamHolds Lift(HoldId hold) => new(Standing.Remove(hold), (Lifted.Length < MaxLifted ? Lifted : Lifted.RemoveAt(0)).Add(hold));
}
