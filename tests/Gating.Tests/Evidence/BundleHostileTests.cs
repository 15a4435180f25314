using System.Globalization;
using System.IO.Compression;
using System.Text;
using Gating.Evidence;
using Gating.Testing.Evidence;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Evidence;

/// <summary>Files that want to harm whoever verifies them.</summary>
[Collection(Alone.Name)]
public sealed class BundleHostileTests(ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>About as long as the ZIP's directory is, with its end: tried byte by byte, what is before it at every fifth place.</summary>
    private const int Directory = 900;

    private readonly EvidenceWorld _world = new();
    private byte[] _bundle = [];
    private Dictionary<string, byte[]> _files = [];

    public async Task InitializeAsync()
    {
        _bundle = await _world.WriteAsync(_world.Request(await _world.LogAsync(7)));
        _files = BundleSurgery.Unpack(_bundle);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_bundle_that_was_cut_off_anywhere_is_refused()
    {
        for (var length = 0; length < _bundle.Length; length++)
        {
            (await _world.VerifyAsync(_bundle[..length])).ShouldBeOfType<BundleReport.Refused>($"cut off after {length} bytes");
        }
    }

    [Fact]
    public async Task A_bundle_without_its_manifest_or_its_signature_was_cut_off()
    {
        foreach (var name in new[] { "manifest.json", "manifest.jws" })
        {
            (await RefusalAsync(BundleSurgery.Pack(_files.Where(file => file.Key != name)))).Reason.ShouldBe(BundleRefusal.CutOff);
        }
    }

    /// <summary>Whatever is changed in the ZIP itself: the content is judged as it was, or something is named; nothing is thrown.</summary>
    [Fact]
    public async Task A_flipped_byte_of_the_container_is_refused_or_named_or_changes_nothing()
    {
        var (count, refused, named, harmless) = (0, 0, 0, 0);
        for (var at = 0; at < _bundle.Length; at += at < _bundle.Length - Directory ? 5 : 1)
        {
            count++;
            var flipped = _bundle.ToArray();
            flipped[at] ^= (byte)(1 << (at % 8));
            switch (await _world.VerifyAsync(flipped))
            {
                case BundleReport.Refused:
                    refused++;
                    break;
                case BundleReport.Judged { Verdict: Verdict.Fails }:
                    named++;
                    break;
                default:
                    var read = BundleSurgery.Unpack(flipped);
                    BundleFormat.Listed.All(name => read[name].AsSpan().SequenceEqual(_files[name])).ShouldBeTrue($"byte {at}");
                    harmless++;
                    break;
            }
        }

        output.WriteLine($"{count} bytes flipped: {refused} refused, {named} named, {harmless} of no consequence for any file.");
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("entries.jsonl/")]
    [InlineData("ENTRIES.JSONL")]
    [InlineData("C:\\evil")]
    public async Task A_name_that_no_bundle_has_is_refused(string name) =>
        (await RefusalAsync(BundleSurgery.Pack(_files.Append(new(name, [1]))))).Reason.ShouldBe(BundleRefusal.ForeignFile);

    [Fact]
    public async Task A_name_twice_is_refused() =>
        (await RefusalAsync(BundleSurgery.Pack(_files.Append(new("entries.jsonl", [1]))))).Reason.ShouldBe(BundleRefusal.RepeatedFile);

    [Fact]
    public async Task A_directory_of_very_many_files_is_refused_by_its_end_alone()
    {
        var many = BundleSurgery.Pack(Enumerable.Range(0, 60_000).Select(static i => new KeyValuePair<string, byte[]>(i.ToString(CultureInfo.InvariantCulture), [])));
        (await RefusalAsync(many)).Reason.ShouldBe(BundleRefusal.TooLarge);

        // An end that lies about how many there are, or how long they are.
        many[^12] = 11;
        many[^11] = 0;
        (await RefusalAsync(many)).Reason.ShouldBe(BundleRefusal.TooLarge);
        "\u0010\0\0\0"u8.CopyTo(many.AsSpan(many.Length - 10));
        var before = GC.GetAllocatedBytesForCurrentThread();
        (await RefusalAsync(many)).Reason.ShouldBe(BundleRefusal.NotABundle);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
    }

    [Theory]
    [InlineData("entries.jsonl", false)]
    [InlineData("entries.jsonl", true)]
    [InlineData("proofs.jsonl", true)]
    [InlineData("streams.jsonl", true)]
    [InlineData("entries.csv", false)]
    [InlineData("question.json", false)]
    [InlineData("keys.json", false)]
    [InlineData("manifest.json", false)]
    [InlineData("manifest.jws", false)]
    public async Task A_bomb_is_named_and_costs_no_memory(string name, bool hasLines)
    {
        const int Length = 300_000_000;
        var bomb = Bomb(name, Length, hasLines ? (byte)'\n' : (byte)'a');
        bomb.Length.ShouldBeLessThan(2_000_000);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        (await _world.VerifyAsync(bomb)).ShouldBeOfType<BundleReport.Judged>().Verdict.ShouldBe(Verdict.Fails);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        output.WriteLine($"{Length / 1e6:F0} MB in {bomb.Length / 1e3:F0} kB: {allocated / 1e6:F1} MB allocated.");
        allocated.ShouldBeLessThan(60_000_000);
    }

    [Fact]
    public async Task What_is_no_bundle_at_all_is_refused()
    {
        (await RefusalAsync([])).Reason.ShouldBe(BundleRefusal.NotABundle);
        (await RefusalAsync(Encoding.ASCII.GetBytes(new string('x', 5000)))).Reason.ShouldBe(BundleRefusal.NotABundle);
        (await RefusalAsync(BundleSurgery.Pack([]))).Reason.ShouldBe(BundleRefusal.CutOff);
    }

    private byte[] Bomb(string name, int length, byte content)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (file, whole) in _files)
            {
                using var stream = zip.CreateEntry(file).Open();
                if (file != name)
                {
                    stream.Write(whole);
                    continue;
                }

                var chunk = new byte[1_000_000];
                chunk.AsSpan().Fill(content);
                for (var written = 0; written < length; written += chunk.Length)
                {
                    stream.Write(chunk);
                }
            }
        }

        return bytes.ToArray();
    }

    private async Task<BundleReport.Refused> RefusalAsync(byte[] bundle)
    {
        var report = await _world.VerifyAsync(bundle);
        return report.ShouldBeOfType<BundleReport.Refused>(report.ToString());
    }
}
