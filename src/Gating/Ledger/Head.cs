using System.Collections.Immutable;

namespace Gating.Ledger;

/// <summary>Whether a stream may be appended to by its owner's requests.</summary>
public enum StreamStatus
{
    Active = 0,
    Suspended = 1,
    Revoked = 2,

    /// <summary>What named the person is being erased, or was: nothing is appended for the person any more, and whoever returns is somebody new.</summary>
    Erased = 3,
}

/// <summary>Units used in one window of one quota. <paramref name="Id"/> is 64 bits of SHA-256 over scope, name and shape; a collision could only refuse, never allow.</summary>
/// <param name="Start">With <paramref name="End"/> in whole milliseconds.</param>
/// <param name="End">From this time on the window no longer counts and is dropped.</param>
/// <param name="Used">Units, or for a token bucket units times milliseconds still owed: the quota's rule reads it, nobody else.</param>
public readonly record struct UsageWindow(ulong Id, DateTimeOffset Start, DateTimeOffset End, long Used);

/// <summary>Refusals of the running minute: how many were recorded one by one.</summary>
public readonly record struct RefusalMinute(DateTimeOffset Minute, int Recorded);

/// <summary>The part of a head that decisions read and change. Everything else about a head is the appender's.</summary>
/// <param name="Status">What the strongest of <see cref="Stops"/> makes of it, whether or not its time is over: <see cref="StatusAt"/> is what counts.</param>
/// <param name="Epoch">Goes up with each revocation or lifting.</param>
/// <param name="Windows">At most <see cref="Head.MaxWindows"/> live ones.</param>
public sealed record StreamState(StreamStatus Status, int Epoch, ImmutableArray<UsageWindow> Windows, RefusalMinute Refusals)
{
    public static StreamState New { get; } = new(StreamStatus.Active, 0, [], default);

    /// <summary>Legal holds: while one stands nothing of the stream is removed.</summary>
    public StreamHolds Holds { get; init; } = StreamHolds.None;

    /// <summary>Revocations and suspensions of whose stream it is.</summary>
    public StreamStops Stops { get; init; } = StreamStops.None;

    /// <summary>What a request of the owner's meets at that time: stops begin and end by themselves. Where none is known it is not guessed when.</summary>
    public StreamStatus StatusAt(DateTimeOffset now) =>
        Status is StreamStatus.Active or StreamStatus.Erased || Stops.Standing.IsEmpty ? Status : Stops.StatusAt(now);

    internal StreamState With(StreamStops stops) => this with { Stops = stops, Status = Status is StreamStatus.Erased ? StreamStatus.Erased : stops.Status, Epoch = Epoch + 1 };
}

/// <summary>A short-lived row that a later append deletes once it is past its time.</summary>
/// <param name="Seq">The entry that it names; 0 before it is written.</param>
public readonly record struct ShortLivedRow(KeyHash Key, DateTimeOffset Expires, long Seq = 0);

/// <summary>The one row of a stream that changes: where its chain stands, and what the next decision needs to know.</summary>
/// <param name="Hash">Hash of entry <paramref name="Seq"/>.</param>
/// <param name="Announced">References up to this seq are known to be queued for the log.</param>
/// <param name="Salt">32 random bytes from which, with the data key, the stream's sealing key is derived; empty after erasure.</param>
/// <param name="ShortLived">Oldest first, at most <see cref="MaxShortLived"/>.</param>
public sealed record Head(
    long Seq,
    EntryHash Hash,
    DateTimeOffset Time,
    long Announced,
    ReadOnlyMemory<byte> Salt,
    ImmutableArray<ShortLivedRow> ShortLived,
    StreamState State)
{
    public const int MaxWindows = 128;
    public const int MaxShortLived = 256;
    public const int SaltSize = 32;

    /// <summary>By the clock of decisions: the later of <paramref name="now"/> and the head's own time.</summary>
    public StreamStatus StatusAt(DateTimeOffset now) => State.StatusAt(now > Time ? now : Time);

    /// <summary>The state of a stream before its first entry.</summary>
    public static Head New(ReadOnlyMemory<byte> salt) => new(0, EntryHash.Genesis, DateTimeOffset.UnixEpoch, 0, salt, [], StreamState.New);
}
