using System.Diagnostics;
using Gating.Evidence;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Testing.Evidence;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Evidence;

/// <summary>Nothing else runs beside these: they measure the process that they are in.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

/// <summary>A hundred thousand entries go through a few megabytes, while the log that they come from grows.</summary>
[Collection(Alone.Name)]
public sealed class BundleMemoryTests(ITestOutputHelper output) : IDisposable
{
    private const int Whole = 50_000;
    private const int Streams = 50;
    private const int Each = 1000;
    private const int Entries = Whole + (Streams * Each);
    private const long Sample = 4_000_000;

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_hundred_thousand_entries_are_written_and_verified_in_flat_memory_while_writes_go_on()
    {
        var world = new EvidenceWorld();
        var clock = Stopwatch.StartNew();
        var whole = await world.LogAsync(Whole);
        var streams = new List<StreamId>();
        for (var i = 0; i < Streams; i++)
        {
            streams.Add(await world.LogAsync(Each));
        }

        output.WriteLine($"{Entries} entries sealed in {clock.Elapsed.TotalSeconds:F1} s.");
        var request = world.Request(whole) with { Answer = streams.SelectMany(static stream => Enumerable.Range(1, Each).Select(seq => new LeafPlace(stream, seq))).ToAsyncEnumerable() };
        var (peak, late) = (await WriteAsync(world, request, [whole, streams[^1]]), (await world.Ledger.ReadHeadAsync(whole, default))!.Head.Seq - Whole);
        late.ShouldBeGreaterThan(0);
        peak.ShouldBeLessThan(24_000_000);

        await using var bundle = File.OpenRead(_file);
        clock.Restart();
        var (before, highest, started) = (Held(), 0L, Cpu());
        await using var watched = new WatchedStream(bundle, Sample, () => highest = Math.Max(highest, Held() - before));
        var report = (await BundleVerifier.VerifyAsync(watched, world.Trust(), default)).ShouldBeOfType<BundleReport.Judged>();
        output.WriteLine($"{report.Entries} entries verified in {clock.Elapsed.TotalSeconds:F1} s ({(Cpu() - started).TotalSeconds:F1} s of processor time): {highest / 1e6:F1} MB held at most.");
        report.Verdict.ShouldBe(Verdict.Holds, string.Join('\n', report.Claims));
        report.Entries.ShouldBe(Entries);
        highest.ShouldBeLessThan(24_000_000);
    }

    /// <summary>How much more was held at most than before, the entries that were written meanwhile counted as well.</summary>
    private async Task<long> WriteAsync(EvidenceWorld world, BundleRequest request, StreamId[] growing)
    {
        var (before, peak, next, samples, clock, meanwhile) = (Held(), 0L, Sample, 0, Stopwatch.StartNew(), TimeSpan.Zero);
        await using var file = File.Create(_file);
        var allocated = GC.GetTotalAllocatedBytes();
        await using var body = new OneWayStream(async (at, bytes) =>
        {
            if (at > next)
            {
                // Between two parts of the answer somebody appends to a stream of it, and the log is sealed.
                var began = Cpu();
                await world.LogAsync(20, growing[samples % growing.Length]);
                (next, samples, peak) = (at + Sample, samples + 1, Math.Max(peak, Held() - before));
                meanwhile += Cpu() - began;
            }

            await file.WriteAsync(bytes);
        });
        var started = Cpu();
        var writer = new BundleWriter(world.Stores, world.Keys, world.Signing, world.Time, static () => new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
        (await writer.WriteAsync(request, body, default)).ShouldBe(new BundleOutcome.Written(Entries, 0));
        output.WriteLine(
            $"{Entries} entries written in {clock.Elapsed.TotalSeconds:F1} s ({(Cpu() - started - meanwhile).TotalSeconds:F1} s of processor time, the appending aside) to {file.Length / 1e6:F1} MB: {peak / 1e6:F1} MB held at most in {samples} samples, "
            + $"{(GC.GetTotalAllocatedBytes() - allocated) / 1e6:F0} MB allocated and let go; {samples * 20} entries were appended and sealed meanwhile.");
        samples.ShouldBeGreaterThan(3);
        return peak;
    }

    private static TimeSpan Cpu() => Environment.CpuUsage.TotalTime;

    private static long Held() => GC.GetTotalMemory(forceFullCollection: true);

    /// <summary>Says so each time that so many bytes were read.</summary>
    private sealed class WatchedStream(Stream inner, long each, Action told) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => inner.Position = value; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            Count(count);
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            Count(read);
            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void Flush() => inner.Flush();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private void Count(int count)
        {
            if ((_read % each) + count >= each)
            {
                told();
            }

            _read += count;
        }
    }
}
