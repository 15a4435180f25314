using Gating.Archive;
using Gating.Ledger;

namespace Gating.Erasure;

/// <summary>Why a person is not erased. Stable: callers switch on it.</summary>
public enum ErasureRefusal
{
    /// <summary>Nothing is recorded of that person.</summary>
    PersonUnknown = 1,

    /// <summary>The last entry is younger than <see cref="ErasureRules.Kept"/>.</summary>
    TooEarly = 2,

    /// <summary>A file of the person's is still kept.</summary>
    FilesKept = 3,

    /// <summary>A legal hold stands.</summary>
    Held = 4,

    /// <summary>The person is suspended, or a stop is to begin: it ends, or begins, first.</summary>
    Suspended = 5,

    /// <summary>Something was recorded of the person meanwhile: ask again.</summary>
    Changed = 6,

    /// <summary>Too much is being asked of that ledger at once: try again.</summary>
    Busy = 7,
}

/// <summary>When what is known of a person may go: pure, on values. Decided in the person's transaction, so that whatever is recorded there first stands in its way.</summary>
public static class ErasureRules
{
    /// <summary>How long the record of the last thing that a person did is kept whole: six months, of at most 184 days (Labelling Measures Art. 9; as long as a labelled file).</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(184);

    private static readonly byte[] Public = "{\"v\":1}"u8.ToArray();

    /// <summary>Whether it may begin, of a stream whose last entry was <paramref name="last"/>.</summary>
    public static ErasureRefusal? Refuse(StreamState state, DateTimeOffset last, DateTimeOffset now) =>
        state.Holds.Any ? ErasureRefusal.Held
        : state.StatusAt(now) is StreamStatus.Suspended || state.Stops.Standing.Any(stop => stop.WaitsAt(now)) ? ErasureRefusal.Suspended
        : now - last < Kept ? ErasureRefusal.TooEarly
        : null;

    /// <summary>Stops everything else in the stream. A person who is revoked stays so, and needs no such stop.</summary>
    /// <param name="next">The number that the next entry gets if nothing was recorded since the stream was read.</param>
    internal static Decided<ErasureRefusal?> Begin(StreamState state, DateTimeOffset last, long next, DecisionTime at) =>
        state.Status is StreamStatus.Erased ? new(state, [], [], null, null, null)
        : at.Seq != next ? new(state, [], [], null, null, ErasureRefusal.Changed)
        : Refuse(state, last, at.Now) is { } refusal ? new(state, [], [], null, null, refusal)
        : state.Status is StreamStatus.Revoked ? new(state, [], [], null, null, null)
        : new(state with { Status = StreamStatus.Erased }, [new(EntryKind.ErasureBegun, Public, default)], [], null, null, null);

    /// <summary>The commit after which no sealed part can be opened. Of a person who is revoked the bare marker stays: whoever returns meets it.</summary>
    internal static Decided<ErasureRefusal?> End(StreamState state) =>
        state.Holds.Any ? new(state, [], [], null, null, ErasureRefusal.Held)
        : state.Status is StreamStatus.Erased or StreamStatus.Revoked ? new(state, [new(EntryKind.Erased, Public, default)], [], null, null, null) { Erases = true }
        : new(state, [], [], null, null, ErasureRefusal.Changed);
}
