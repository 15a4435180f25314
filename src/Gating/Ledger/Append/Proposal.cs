using System.Collections.Immutable;

namespace Gating.Ledger;

/// <summary>An entry that a decision asks for; the appender gives it its place, seals the private part and chains it.</summary>
/// <param name="Public">Canonical JSON, ASCII, version first.</param>
/// <param name="Private">Personal data in the clear, to be sealed; empty where there is none.</param>
public sealed record EntryDraft(EntryKind Kind, ReadOnlyMemory<byte> Public, ReadOnlyMemory<byte> Private);

/// <summary>What a decision wants done to the stream. With no entries it changes nothing, and its answer rests on a head that was read for it.</summary>
/// <param name="Keys">Those of the proposal's keys that are used up by this decision.</param>
/// <param name="Settles">What this decision settles, once and for ever.</param>
/// <param name="Tallied">The reason of a refusal that is only counted (<see cref="RefusalTally"/>).</param>
public abstract record Decided(
    StreamState State,
    ImmutableArray<EntryDraft> Entries,
    ImmutableArray<ShortLivedRow> Keys,
    SettlementId? Settles,
    string? Tallied);

/// <inheritdoc/>
public sealed record Decided<T>(
    StreamState State,
    ImmutableArray<EntryDraft> Entries,
    ImmutableArray<ShortLivedRow> Keys,
    SettlementId? Settles,
    string? Tallied,
    T Answer) : Decided(State, Entries, Keys, Settles, Tallied);

/// <summary>The time of a decision.</summary>
/// <param name="Now">Whole milliseconds, the later of the own clock and the stream's last entry: what the entry will say.</param>
/// <param name="Timestamp">The own monotonic clock, in <see cref="TimeProvider"/> timestamp ticks: for the age of what the decision rests on.</param>
/// <param name="Seq">The number that the first entry of this decision gets: what it writes about itself into the state. 0 where no batch decides.</param>
public readonly record struct DecisionTime(DateTimeOffset Now, long Timestamp, long Seq = 0);

/// <summary>A change that somebody proposes to a stream.</summary>
/// <param name="Operation">Fresh for each proposal; stored in its entries.</param>
/// <param name="Keys">What may be used once, in the order in which a used one is reported: an idempotency key before the ids of proofs.</param>
/// <param name="Decide">
/// Pure and total: given the state, the time and the place, the same answer, always; it may be called many times.
/// </param>
public sealed record Proposal<T>(
    OperationId Operation,
    ImmutableArray<ShortLivedRow> Keys,
    Func<StreamState, DecisionTime, Decided<T>> Decide);

/// <summary>Why a proposal was turned away before anything was decided.</summary>
public enum ShedReason
{
    /// <summary><see cref="Appender.MaxWaiting"/> proposals wait for this stream already.</summary>
    TooManyWaiting = 1,

    /// <summary>The head already lists <see cref="Head.MaxShortLived"/> short-lived rows.</summary>
    TooManyKeys = 2,

    /// <summary>Other writers kept moving the head for <see cref="Appender.Patience"/>.</summary>
    Contended = 3,
}

/// <summary>How a proposal ended. A storage failure is not among these: it throws <see cref="StorageUnavailableException"/>, and the proposal may or may not have happened.</summary>
public abstract record AppendOutcome<T>
{
    private AppendOutcome()
    {
    }

    /// <summary>Decided; the entries (none, if the decision asked for none) are durable and queued for the log.</summary>
    public sealed record Done(T Answer, ImmutableArray<Entry> Entries) : AppendOutcome<T>;

    /// <summary>One of the keys was used before, by the entry that the row names. Nothing was changed.</summary>
    public sealed record KeyTaken(KeyRow Row) : AppendOutcome<T>;

    /// <summary>It was settled before. Nothing was changed.</summary>
    public sealed record AlreadySettled(SettlementRow Row) : AppendOutcome<T>;

    /// <summary>Turned away undecided; the same proposal may be made again later.</summary>
    public sealed record Shed(ShedReason Reason) : AppendOutcome<T>;
}
