using System.Collections.Immutable;
using System.Globalization;
using Gating.Ledger;
using Gating.Log.Sealing;

namespace Gating.Fsck;

/// <summary>A piece of a check: what it found, and where the next one begins.</summary>
/// <param name="Things">Entries, rows and files that were looked at.</param>
/// <param name="Bytes">Of files that were read.</param>
public sealed record FsckStep(FsckPosition Next, ImmutableArray<FsckFinding> Findings, long Things, long Bytes);

/// <summary>
/// Verifies what is stored again, piece by piece: the log, then every stream, pending pointers, leaves that nothing accounts for, files, index rows, timelines, names, the registry. Reads only, beside a gate that serves: what is wrong at
/// a first look is looked at again, and only what is wrong in the same way then is told. Throws <see cref="StorageUnavailableException"/>: the same piece again goes on.
/// </summary>
public sealed class StoreFsck(FsckStores stores, FsckKeys keys, TimeProvider time)
{
    /// <summary>Streams of one piece, a few at once.</summary>
    private const int Streams = 16;

    private const int AtOnce = 8;
    private const int Files = 50;
    private const int Partitions = 100;

    /// <summary>Leaves without an entry that are named each by itself.</summary>
    private const int MaxUnseen = 1000;

    /// <summary>Of timelines: one may hold all that a busy tool did in an hour.</summary>
    private const int LargePartitions = 16;

    private readonly OutputCheck _outputs = new(stores, keys, time);
    private readonly TimelineCheck _timelines = new(stores, time);
    private LogLeaves? _leaves;

    /// <param name="last">The last phase that is wanted; <see cref="FsckPhase.Done"/>: all of them.</param>
    public async IAsyncEnumerable<FsckStep> RunAsync(FsckPosition from, FsckPhase last, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var at = from; at.Phase < FsckPhase.Done && at.Phase <= last;)
        {
            var step = await StepAsync(at, cancellation);
            at = step.Next;
            yield return step;
        }
    }

    /// <summary>One piece. A value goes in and one comes out: whoever keeps <see cref="FsckStep.Next"/> goes on there, in this process or another.</summary>
    public Task<FsckStep> StepAsync(FsckPosition at, CancellationToken cancellation) => at.Phase switch
    {
        FsckPhase.Log => LogAsync(cancellation),
        FsckPhase.Streams => StreamsAsync(at, cancellation),
        FsckPhase.Pending => PendingAsync(at, cancellation),
        FsckPhase.Leaves => Task.FromResult(Leaves(at)),
        FsckPhase.Files => FilesAsync(at, cancellation),
        FsckPhase.Index => TableAsync(at, StoredTable.Index, Partitions, RowByRow(StoredTable.Index, _outputs.OfRowAsync), cancellation),
        FsckPhase.Timelines => TableAsync(at, StoredTable.Timelines, LargePartitions, _timelines.OfPartitionAsync, cancellation),
        FsckPhase.Names => TableAsync(at, StoredTable.Names, Partitions, RowByRow(StoredTable.Names, static (row, _) => Task.FromResult<FsckFinding?>(OfName(row))), cancellation),
        FsckPhase.Registry => TableAsync(at, StoredTable.Registry, Partitions, new RegistryCheck(stores.Walk).OfPartitionAsync, cancellation),
        FsckPhase.Done => Task.FromResult(new FsckStep(at, [], 0, 0)),
    };

    private async Task<FsckStep> LogAsync(CancellationToken cancellation)
    {
        var (findings, size) = await LookAtLogAsync(cancellation);
        if (findings.OfType<FsckFinding.Wrong>().Any())
        {
            // It grows while it is read.
            var (again, second) = await LookAtLogAsync(cancellation);
            (findings, size) = ([.. again.Where(finding => finding is FsckFinding.Unjudged || findings.Contains(finding))], second);
        }

        if (keys.Data is null)
        {
            findings.Add(new FsckFinding.Unjudged(null, "without the data key leaves are not made anew: whether they are those of the entries, files, what only a MAC vouches for in heads and the log's state, and names are not judged"));
        }

        if (size is null)
        {
            findings.Add(new FsckFinding.Unjudged(null, "without a good tree the places of leaves are not judged"));
        }

        ReadOnlyMemory<byte>? seen = size is { } leaves && keys.Data is not null ? new ReadOnlyMemory<byte>(new byte[FsckPosition.BytesFor(leaves)]) : (ReadOnlyMemory<byte>?)null;
        return new(new(FsckPhase.Streams, null, size, seen), [.. findings], size ?? 0, 0);
    }

    private async Task<(List<FsckFinding> Findings, long? Size)> LookAtLogAsync(CancellationToken cancellation)
    {
        var findings = new List<FsckFinding>();
        var size = await new LogCheck(stores, keys, findings).RunAsync(cancellation);
        return (findings, size);
    }

    private async Task<FsckStep> StreamsAsync(FsckPosition at, CancellationToken cancellation)
    {
        var partitions = new List<string>();
        for (var after = at.After; partitions.Count < Streams; partitions.Add(after))
        {
            var next = (await NextAsync(StoredTable.Ledger, after, cancellation), await NextAsync(StoredTable.Leaves, after, cancellation)) switch
            {
                (null, var leaf) => leaf,
                (var ledger, null) => ledger,
                var (ledger, leaf) => string.CompareOrdinal(ledger, leaf) < 0 ? ledger : leaf,
            };
            if (next is null)
            {
                break;
            }

            after = next;
        }

        var reports = await EachAsync(partitions, CheckStreamAsync, cancellation);
        var moved = partitions.Count < Streams ? at.Next() : at with { After = partitions[^1] };
        return new(moved.With([.. reports.SelectMany(static report => report.Seen)]), [.. reports.SelectMany(static report => report.Findings)], reports.Sum(static report => report.Entries), 0);

        Task<StreamReport> CheckStreamAsync(string partition, CancellationToken stop) => StreamAsync(partition, LeavesOf(at), stop);
    }

    private Task<string?> NextAsync(StoredTable table, string? after, CancellationToken cancellation) => stores.Walk.NextPartitionAsync(table, after, cancellation);

    private async Task<StreamReport> StreamAsync(string partition, LogLeaves? leaves, CancellationToken cancellation)
    {
        if (!StreamId.TryParse(partition, out var stream))
        {
            return new([.. await StraysAsync(StoredTable.Ledger, partition, cancellation), .. await StraysAsync(StoredTable.Leaves, partition, cancellation)], [], [], IsErased: false, 0);
        }

        var report = await LookAsync(stream, partition, leaves, cancellation);
        if (!report.Findings.IsEmpty)
        {
            var again = await LookAsync(stream, partition, leaves, cancellation);
            report = again with { Findings = [.. again.Findings.Intersect(report.Findings)] };
        }

        return report;
    }

    private async Task<List<FsckFinding>> StraysAsync(StoredTable table, string partition, CancellationToken cancellation)
    {
        var strays = new List<FsckFinding>();
        await foreach (var row in stores.Walk.ReadPartitionAsync(table, partition, cancellation))
        {
            strays.Add(new FsckFinding.Wrong(((WalkedRow.Unreadable)row).Thing, FsckFault.Stray, "a partition named by a stream", "another name"));
        }

        return strays;
    }

    private async Task<StreamReport> LookAsync(StreamId stream, string partition, LogLeaves? leaves, CancellationToken cancellation)
    {
        var ledger = stores.Walk.ReadPartitionAsync(StoredTable.Ledger, partition, cancellation);
        var rows = stores.Walk.ReadPartitionAsync(StoredTable.Leaves, partition, cancellation);
        var timelines = new StreamTimelines(stores, time.GetUtcNow());
        var report = await new StreamCheck(stream, keys, leaves, timelines, time.GetUtcNow()).RunAsync(ledger, rows, cancellation);
        await timelines.EndAsync(cancellation);
        var findings = report.Findings.ToBuilder();
        findings.AddRange(timelines.Findings);
        foreach (var (output, isRemoved) in report.Outputs)
        {
            findings.AddRange(await _outputs.OfEntryAsync(output, isRemoved, report.IsErased, cancellation));
        }

        return report with { Findings = findings.ToImmutable() };
    }

    /// <summary>A pointer leads to a row that the published log does not have yet.</summary>
    private async Task<FsckStep> PendingAsync(FsckPosition at, CancellationToken cancellation)
    {
        if (await NextAsync(StoredTable.Pending, at.After, cancellation) is not { } shard)
        {
            return new(at.Next(), [], 0, 0);
        }

        var (findings, count) = (new List<FsckFinding>(), 0L);
        await foreach (var row in stores.Walk.ReadPartitionAsync(StoredTable.Pending, shard, cancellation))
        {
            count++;
            if (row is WalkedRow.Unreadable unreadable)
            {
                findings.Add(new FsckFinding.Wrong(unreadable.Thing, FsckFault.Unreadable, "a pending pointer", unreadable.Why));
            }
            else if (row is WalkedRow.OfPending { Place: var place } && await JudgeAsync(place, at.Size, cancellation) is { } finding)
            {
                findings.Add(finding);
            }
        }

        return new(at with { After = shard }, [.. findings], count, 0);
    }

    private async Task<FsckFinding?> JudgeAsync(LeafPlace place, long? size, CancellationToken cancellation)
    {
        var thing = new StoredThing.Pending(place.Stream, place.Seq);
        IReadOnlyList<LeafRow> rows;
        try
        {
            rows = await stores.Log.Leaves.ReadAsync(place.Stream, place.Seq, place.Seq, cancellation);
        }
        catch (Exception unreadable) when (unreadable is FormatException or UnknownVersionException or ArgumentException or InvalidOperationException)
        {
            return new FsckFinding.Unjudged(thing, "its leaf row cannot be read");
        }

        // A leaf of a tree that was published lost its pointer before that.
        return rows is [] ? new FsckFinding.Wrong(thing, FsckFault.Stray, "a leaf row that it points to", "nothing")
            : rows is [{ Index: { } index }] && index < size ? new FsckFinding.Wrong(thing, FsckFault.Stray, "a leaf that is not sealed", string.Create(CultureInfo.InvariantCulture, $"index {index}"))
            : null;
    }

    /// <summary>Leaves are different from each other, and each that an entry accounts for was found at its place: what is left stands for nothing that is there.</summary>
    private static FsckStep Leaves(FsckPosition at)
    {
        var unseen = at.Unseen().Take(MaxUnseen).Select(static index => new FsckFinding.Wrong(new StoredThing.LogLeaf(index), FsckFault.Stray, "an entry that it stands for", "none"));
        return new(at.Next() with { Seen = null }, [.. unseen], 0, 0);
    }

    private async Task<FsckStep> FilesAsync(FsckPosition at, CancellationToken cancellation)
    {
        var page = await stores.Archive.ListAsync(string.Empty, at.After, Files, cancellation);
        var files = await EachAsync(page.Files, _outputs.OfFileAsync, cancellation);
        return new(
            page.Continuation is { } next ? at with { After = next } : at.Next(), [.. files.Select(static file => file.Finding).OfType<FsckFinding>()], files.Length, files.Sum(static file => file.Bytes));
    }

    private async Task<FsckStep> TableAsync(
        FsckPosition at, StoredTable table, int most, Func<string, CancellationToken, Task<(List<FsckFinding> Findings, long Rows)>> check, CancellationToken cancellation)
    {
        var partitions = new List<string>();
        for (var after = at.After; partitions.Count < most && await NextAsync(table, after, cancellation) is { } next; after = next)
        {
            partitions.Add(next);
        }

        var found = await EachAsync(partitions, check, cancellation);
        return new(
            partitions.Count < most ? at.Next() : at with { After = partitions[^1] }, [.. found.SelectMany(static one => one.Findings)], found.Sum(static one => one.Rows), 0);
    }

    /// <summary>A check of a partition whose rows are judged each by itself.</summary>
    private Func<string, CancellationToken, Task<(List<FsckFinding> Findings, long Rows)>> RowByRow(StoredTable table, Func<WalkedRow, CancellationToken, Task<FsckFinding?>> judge) => async (partition, cancellation) =>
    {
        var (findings, rows) = (new List<FsckFinding>(), 0L);
        await foreach (var row in stores.Walk.ReadPartitionAsync(table, partition, cancellation))
        {
            rows++;
            if (await judge(row, cancellation) is { } finding)
            {
                findings.Add(finding);
            }
        }

        return (findings, rows);
    };

    /// <summary>Its MAC vouches for where a name leads. That one is gone is an erasure, as far as anybody can see; that it leads to no entry yet is a request that broke off.</summary>
    private static FsckFinding.Wrong? OfName(WalkedRow row) => row is WalkedRow.Unreadable unreadable
        ? new FsckFinding.Wrong(unreadable.Thing, unreadable.Thing is StoredThing.Row ? FsckFault.Stray : FsckFault.Unreadable, "a name and its stream", unreadable.Why)
        : null;

    private LogLeaves? LeavesOf(FsckPosition at) => at.Size is not { } size ? null : _leaves is { } known && known.Size == size ? known : _leaves = new(stores.Log.Log, size);

    private static async Task<TResult[]> EachAsync<T, TResult>(IReadOnlyList<T> items, Func<T, CancellationToken, Task<TResult>> act, CancellationToken cancellation)
    {
        var results = new TResult[items.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, items.Count, options, async (i, stop) => results[i] = await act(items[i], stop));
        return results;
    }
}
