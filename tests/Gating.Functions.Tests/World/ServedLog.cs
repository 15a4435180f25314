using System.Globalization;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;
using Gating.Testing;
using Gating.Testing.Log;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Gating.Functions.Tests.World;

/// <summary>
/// The log of a world as strangers see it: its checkpoint is asked for all the time while others work; in the end the log is read whole (<see cref="PlainLog"/>) and held against the ledgers and against every
/// checkpoint that was seen. Asks the world's first instance, which has to live on.
/// </summary>
internal sealed class ServedLog : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly GateWorld _world;
    private readonly Uri _address;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _watching;
    private volatile byte[][] _seen = [];

    /// <param name="pause">Between two questions.</param>
    public ServedLog(GateWorld world, TimeSpan pause)
    {
        (_world, _address) = (world, new(world.Addresses[0], "/log/"));
        _watching = WatchAsync(pause);
    }

    /// <summary>Checkpoints that were seen so far, each once.</summary>
    public int Seen => _seen.Length;

    /// <summary>Leaves of the checkpoint that was seen last.</summary>
    public long Size => _seen is [.., var last] ? SizeOf(last) : 0;

    /// <summary>
    /// Waits until the log has as many leaves as those streams have entries, which nobody adds to any more. Every entry is in it once and nothing else is, where its row says; all tiles and the root are what the leaves give;
    /// and every checkpoint that was seen on the way is a prefix of the next.
    /// </summary>
    public async Task<PlainLog> ShouldHoldAsync(IReadOnlyCollection<StreamId> streams)
    {
        var (stores, keys) = (_world.Services.GetRequiredService<LogStores>(), _world.Services.GetRequiredService<LogKeys>());
        var expected = new Dictionary<string, LeafPlace>(StringComparer.Ordinal);
        foreach (var stream in streams)
        {
            foreach (var entry in await _world.EntriesAsync(stream))
            {
                expected.Add(Convert.ToHexStringLower(LeafKey.Of(keys.Data, stream).LeafOf(entry.Seq, entry.Hash).ToBytes()), new(stream, entry.Seq));
            }
        }

        var log = await CoveredAsync(expected.Count);
        log.Leaves.Select(static leaf => Convert.ToHexStringLower(leaf)).ShouldBe(expected.Keys, ignoreOrder: true);
        await ShouldBePrefixesAsync(log, keys);
        await ShouldBeSettledAsync(log, stores, expected);
        return log;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _watching;
        _over.Dispose();
    }

    private static long SizeOf(byte[] note) => long.Parse(System.Text.Encoding.UTF8.GetString(note).Split('\n')[1], NumberStyles.None, CultureInfo.InvariantCulture);

    private async Task WatchAsync(TimeSpan pause)
    {
        while (!_over.IsCancellationRequested)
        {
            using var answer = await _world.Http.GetAsync(new Uri(_address, "checkpoint"));
            if (answer.IsSuccessStatusCode && await answer.Content.ReadAsByteArrayAsync() is var note && (_seen is [] || !note.AsSpan().SequenceEqual(_seen[^1])))
            {
                _seen = [.. _seen, note];
            }

            await Task.Delay(pause, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The log as it is served when it has that many leaves; the pages of it are read only then.</summary>
    private async Task<PlainLog> CoveredAsync(long size)
    {
        using var late = new CancellationTokenSource(Patience);
        while (Size < size)
        {
            await Task.WhenAny(_watching, Task.Delay(50));
            _watching.IsCompleted.ShouldBeFalse();
            late.IsCancellationRequested.ShouldBeFalse($"after {Patience} the log has {Size} leaves of {size}");
        }

        return await PlainLog.ReadAsync(_world.Http, _address);
    }

    private async Task ShouldBePrefixesAsync(PlainLog log, LogKeys keys)
    {
        await _over.CancelAsync();
        await _watching;
        var last = 0L;
        foreach (var note in (byte[][])[.. _seen, log.Note])
        {
            var checkpoint = Checkpoint.Open(note, keys.Origin, keys.Verifiers).ShouldNotBeNull();
            checkpoint.Size.ShouldBeGreaterThanOrEqualTo(last);
            var root = new byte[32];
            checkpoint.Root.Write(root);
            root.ShouldBe(log.RootOfFirst(checkpoint.Size), $"the checkpoint of {checkpoint.Size} leaves that was served");
            last = checkpoint.Size;
        }
    }

    /// <summary>What is made from the last seal is made: each row says where its leaf stands, and no pointer is left.</summary>
    private static async Task ShouldBeSettledAsync(PlainLog log, LogStores stores, Dictionary<string, LeafPlace> expected)
    {
        var rows = new Dictionary<LeafPlace, LeafRow>();
        foreach (var stream in expected.Values.Select(static place => place.Stream).Distinct())
        {
            foreach (var row in await stores.Leaves.ReadAsync(stream, 1, long.MaxValue, default))
            {
                rows.Add(new(stream, row.Seq), row);
            }
        }

        rows.Count.ShouldBe(expected.Count);
        foreach (var (leaf, index) in log.Places())
        {
            rows[expected[leaf]].Index.ShouldBe(index);
        }

        // Whoever was slow adds a pointer to what another has sealed meanwhile, and the run after it takes that away.
        await Eventually.TrueWithinAMinuteAsync(async () => (await stores.Leaves.ReadPendingAsync(1, default)).Count == 0);
    }
}
