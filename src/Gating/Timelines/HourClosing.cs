using Gating.Ledger;
using Gating.Log.Sealing;
using Microsoft.Extensions.Logging;

namespace Gating.Timelines;

/// <summary>What a run did with the hours on its lists.</summary>
/// <param name="Same">Closed before, and nothing came since.</param>
/// <param name="Alarming">With fewer rows than were recorded, or others.</param>
public sealed record HourTally(int Closed, int Same, int Alarming);

/// <summary>
/// Closes, once an hour, the hours of timelines in which entries were indexed: reads such an hour whole and appends to the operator's ledger how many entries it has and the hash over theirs, unless the
/// entry that closed it last says the same. Where entries came late, the new entry supersedes the former. The lists are taken in order; the cursor moves after every few hours.
/// </summary>
/// <remarks>
/// <para>A crash before the entry leaves the cursor behind, and the hour is looked at again. A crash between the entry and the row that names it leaves the row at the former one: the next run, whose cursor is behind
/// as well, appends an entry that says the same, or more, and names the same former one. So may two runs at once. That is harmless: the last in the ledger counts, and none contradicts it.</para>
/// <para>Why the last one counts. It is decided no later than <see cref="Freshness"/> after its hour began to be read, by the later of our clock and the ledger's last entry; a list is taken up
/// <see cref="Wait"/> after its hour, and rows of it were there <see cref="TimelineIndexing.Grace"/> after that hour. Whoever read too early to see a row is too late to record that once
/// anybody who saw it has.</para>
/// </remarks>
public sealed partial class HourClosing(
    ITimelineStore store, ILedgerStore ledger, Appender appender, StreamNames names, ITaskCursors cursors, ClockCheck clock, TimeProvider time, ILogger<HourClosing> logger) : ITimedTask
{
    /// <summary>From an hour's end until its list is taken up.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromMinutes(15);

    /// <summary>How old what was read of an hour may be when it is recorded. With <see cref="TimelineIndexing.Grace"/> three minutes less than <see cref="Wait"/>: more than all clocks can differ.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromMinutes(10);


    /// <summary>Hours that are looked at together.</summary>
    private const int AtOnce = 8;

    private const int MaxTries = 3;

    private readonly TimelineReader _reader = new(store);

    private enum Fate
    {
        Closed = 1,
        Same = 2,
        Alarming = 3,
    }

    public string Name => TimedTaskNames.Hours;

    public TimeSpan Period => TimeSpan.FromHours(1);

    Task ITimedTask.RunAsync(CancellationToken cancellation) => RunAsync(cancellation);

    public async Task<HourTally> RunAsync(CancellationToken cancellation)
    {
        HourWork? after = HourWork.TryParse(await cursors.ReadAsync(Name, cancellation), out var kept) ? kept : null;
        var tally = new HourTally(0, 0, 0);
        if (!clock.IsAcceptable)
        {
            Log.ClockOff(logger);
            return tally;
        }

        var (operators, before) = (await names.OfAsync(StreamNames.Operator, StreamNames.Operator, cancellation), UtcHour.Of(time.GetUtcNow() - Wait));
        await foreach (var works in store.ReadWorkAsync(after?.Indexed ?? default, before, after, cancellation).Chunk(AtOnce).WithCancellation(cancellation))
        {
            // One hour may be on two lists.
            var hours = works.DistinctBy(static work => (work.Timeline, work.Hour));
            var fates = await Task.WhenAll(hours.Select(work => CloseAsync(operators, work.Timeline, work.Hour, cancellation)));
            tally = new(tally.Closed + fates.Count(static fate => fate is Fate.Closed), tally.Same + fates.Count(static fate => fate is Fate.Same), tally.Alarming + fates.Count(static fate => fate is Fate.Alarming));
            await cursors.MoveAsync(Name, works[^1].ToString(), cancellation);
        }

        Log.Ended(logger, tally.Closed, tally.Same, tally.Alarming);
        return tally;
    }

    private async Task<Fate> CloseAsync(StreamId operators, Timeline timeline, UtcHour hour, CancellationToken cancellation)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var began = time.GetUtcNow();
            var (last, isThere) = await ReadLastAsync(operators, timeline, hour, cancellation);
            if (isThere && last is null)
            {
                Log.LeadsNowhere(logger, timeline, hour);
                return Fate.Alarming;
            }

            var digest = await HourDigest.OfAsync(_reader.ReadHourAsync(timeline, hour, cancellation), cancellation);
            if (digest == (last?.Closed.Digest ?? HourDigest.Of([])))
            {
                return Fate.Same;
            }

            if (last?.Closed.Digest is { } recorded && digest.Count <= recorded.Count)
            {
                // Rows are never changed nor taken away: what was recorded stays, and is what is believed.
                Log.Shrunk(logger, timeline, hour, recorded, digest);
                return Fate.Alarming;
            }

            if (await AppendAsync(operators, new(timeline, hour, digest, last?.Seq), began) is { } seq)
            {
                await store.SetClosedAsync(timeline, hour, new(operators, seq), cancellation);
                return Fate.Closed;
            }
        }

        throw new StorageUnavailableException($"The hour {hour} of {timeline} took longer to read than its entry may be late.");
    }

    /// <summary>What the row says that closed the hour last; nothing where there is a row and it names no such entry.</summary>
    private async Task<((long Seq, ClosedHour Closed)? Last, bool IsThere)> ReadLastAsync(StreamId operators, Timeline timeline, UtcHour hour, CancellationToken cancellation)
    {
        if (await store.ReadClosedAsync(timeline, hour, cancellation) is not { } place)
        {
            return (null, false);
        }

        return place.Stream == operators && await ledger.ReadEntryAsync(operators, place.Seq, cancellation) is { } entry && ClosedHour.Read(entry) is { } closed && (closed.Timeline, closed.Hour) == (timeline, hour)
            ? ((place.Seq, closed), true)
            : (null, true);
    }

    /// <summary>The commit point: closed once this is answered. Null where what was read is too old by then.</summary>
    private async Task<long?> AppendAsync(StreamId operators, ClosedHour closed, DateTimeOffset began)
    {
        var entry = new EntryDraft(EntryKind.HourClosed, closed.ToEntry(), default);
        var proposal = new Proposal<bool>(
            OperationId.Create(), [], (state, at) => at.Now - began <= Freshness ? new(state, [entry], [], null, null, true) : new(state, [], [], null, null, false));
        return await appender.AppendAsync(operators, proposal, isNew: false) switch
        {
            AppendOutcome<bool>.Done { Answer: true } done => done.Entries[0].Seq,
            AppendOutcome<bool>.Done => null,
            _ => throw new StorageUnavailableException("The operator's ledger is in heavy use: the hour is closed by the next run."),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(1361, LogLevel.Information, "Closed {Closed} hours of timelines, found {Same} closed before and {Alarming} that are not as they were recorded")]
        public static partial void Ended(ILogger logger, int closed, int same, int alarming);

        [LoggerMessage(1362, LogLevel.Critical, "The hour {Hour} of {Timeline} was recorded with {Recorded} and has {Found} now: rows are gone or were changed. The record stays; somebody has to look: gating fsck")]
        public static partial void Shrunk(ILogger logger, Timeline timeline, UtcHour hour, HourDigest recorded, HourDigest found);

        [LoggerMessage(1363, LogLevel.Critical, "The row of the hour {Hour} of {Timeline} names no entry that closed it. The hour is left as it is; somebody has to look: gating fsck")]
        public static partial void LeadsNowhere(ILogger logger, Timeline timeline, UtcHour hour);

        [LoggerMessage(1364, LogLevel.Error, "Our clock is off storage's: no hour is closed")]
        public static partial void ClockOff(ILogger logger);
    }
}
