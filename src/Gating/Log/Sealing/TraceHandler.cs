using System.Collections.Concurrent;
using System.Text.Json;
using Gating.Ledger;
using Gating.Messages;
using Microsoft.Extensions.Logging;

namespace Gating.Log.Sealing;

/// <summary>
/// Takes messages of the <c>trace</c> queue: reads the entries that they refer to, writes what they are found by, their leaf rows, then pending pointers to them, and seals if nobody else does. Repeats find the same rows.
/// A crash after the rows leaves rows without pointers, and the message comes again; if it never did, the next leaf of that stream takes them along.
/// </summary>
public sealed class TraceHandler(LogStores stores, EntryIndexes indexes, IMessageQueues queues, LogSealer sealer, TimeProvider time, ILogger<TraceHandler> logger) : IMessageHandler
{
    /// <summary>How long a row that was announced may take to come: longer than any request can.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    /// <summary>Before it is looked for a second time; after that, as long again as it has been missing.</summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(10);

    /// <summary>Entries of one reference that one message is worked on for; the rest goes on as a message of its own.</summary>
    private const int MaxEntries = 1000;

    private const int Reads = 16;

    /// <summary>When this instance last put a nudge, as a timestamp; 0 before the first.</summary>
    private long _nudged;

    public string Queue => QueueNames.Trace;

    public async Task<MessageOutcome> HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        TraceMessage trace;
        try
        {
            trace = TraceMessage.Read(message);
        }
        catch (JsonException error)
        {
            return new MessageOutcome.Refused("malformed", error.Message);
        }
        catch (UnknownVersionException error)
        {
            return new MessageOutcome.Refused("unknown_version", error.Message);
        }

        var (read, left) = (new EntriesRead(), new ConcurrentBag<TraceReference>());
        var options = new ParallelOptions { MaxDegreeOfParallelism = Reads, CancellationToken = cancellation };
        await Parallel.ForEachAsync(trace.References, options, async (reference, cancel) =>
        {
            if (await ReadAsync(reference, read, cancel) is { } absent)
            {
                left.Add(absent);
            }
        });
        await indexes.AddAsync(read.TakeUnindexed(), cancellation);
        await AddAsync(read.Leaves, cancellation);
        foreach (var reference in left)
        {
            await PutAgainAsync(reference, trace.AbsentSince, cancellation);
        }

        await TrySealAsync(cancellation);
        return new MessageOutcome.Done();
    }

    /// <summary>Reads the entries of a reference; returns the part of it that is not there.</summary>
    private async Task<TraceReference?> ReadAsync(TraceReference reference, EntriesRead read, CancellationToken cancellation)
    {
        var (next, to) = (reference.From, Math.Min(reference.To, reference.From + MaxEntries - 1));
        try
        {
            await foreach (var entry in stores.Ledger.ReadEntriesAsync(reference.Stream, reference.From, to, cancellation))
            {
                if (entry.Seq != next)
                {
                    break;
                }

                if (read.Add(entry))
                {
                    await indexes.AddAsync(read.TakeUnindexed(), cancellation);
                }

                next++;
            }
        }
        catch (StreamFrozenException frozen)
        {
            await FreezeAsync(reference.Stream, frozen.Message, cancellation);
            return null;
        }

        if (next <= to)
        {
            // Entries have no gaps: where one is missing, those after it are not there yet either, or are none.
            return reference with { From = next };
        }

        if (to < reference.To)
        {
            await queues.PutAsync(Queue, TraceMessage.Write([reference with { From = next }]), cancellation);
        }

        return null;
    }

    /// <summary>Rows before pointers: a pointer always has its row. Of a stream whose row says that another entry stood there, there are no more pointers.</summary>
    private async Task AddAsync(NewLeaf[] leaves, CancellationToken cancellation)
    {
        if (leaves is [])
        {
            return;
        }

        CrashPoint.Reach(CrashPoint.BeforeLeafRows);
        var rows = await stores.Leaves.AddAsync(leaves, cancellation);
        CrashPoint.Reach(CrashPoint.AfterLeafRows);
        var forked = new Dictionary<StreamId, long>();
        foreach (var (leaf, row) in leaves.Zip(rows).Where(static pair => pair.First.Entry != pair.Second.Entry))
        {
            forked[leaf.Stream] = Math.Min(leaf.Seq, forked.GetValueOrDefault(leaf.Stream, long.MaxValue));
        }

        foreach (var (stream, seq) in forked)
        {
            await FreezeAsync(stream, new StreamFrozenException(stream, $"entry {seq} is another than the one that was logged").Message, cancellation);
        }

        LeafPlace[] pending = [.. rows.Where(row => row.Index is null && !forked.ContainsKey(row.Stream)).Select(static row => new LeafPlace(row.Stream, row.Seq))];
        if (pending is not [])
        {
            await stores.Leaves.AddPendingAsync(pending, cancellation);
            CrashPoint.Reach(CrashPoint.AfterPointers);
        }
    }

    private async Task FreezeAsync(StreamId stream, string why, CancellationToken cancellation)
    {
        LogEvents.StreamFrozen(logger, stream, why);
        await stores.Leaves.FreezeAsync(stream, why, cancellation);
    }

    /// <summary>Alone, so that it holds up nobody, and later each time. A time in the future is somebody's wrong clock: it gets no more patience than any other.</summary>
    private async Task PutAgainAsync(TraceReference reference, DateTimeOffset? absentSince, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var since = absentSince is { } earlier && earlier < now ? earlier : now;
        var missing = now - since;
        if (missing >= Patience)
        {
            LogEvents.ReferenceDropped(logger, reference);
            return;
        }

        var delay = missing < FirstDelay ? FirstDelay : missing;
        await queues.PutAsync(Queue, TraceMessage.WriteAbsent(reference, since), cancellation, delay < Patience - missing ? delay : Patience - missing);
    }

    /// <summary>The leaves are safe whatever becomes of the seal: a message is not held up, or put aside as poison, because of it.</summary>
    private async Task TrySealAsync(CancellationToken cancellation)
    {
        try
        {
            await sealer.RunAsync(cancellation);
        }
        catch (StorageUnavailableException error)
        {
            LogEvents.NotSealed(logger, error.Message);
            await NudgeAsync(cancellation);
        }
        catch (LogFrozenException error)
        {
            LogEvents.NotSealed(logger, error.Message);
        }
    }

    /// <summary>Whoever came while the run went on has gone away: without a message more, nobody would look before the sweep. One at a time, or an outage would leave as many as it had messages.</summary>
    private async Task NudgeAsync(CancellationToken cancellation)
    {
        var last = Interlocked.Read(ref _nudged);
        if (last == 0 || time.GetElapsedTime(last) >= FirstDelay)
        {
            await queues.PutAsync(Queue, TraceMessage.Nudge, cancellation, FirstDelay);
            Interlocked.Exchange(ref _nudged, time.GetTimestamp());
        }
    }
}
