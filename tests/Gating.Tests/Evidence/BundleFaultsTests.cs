using Gating.Evidence;
using Gating.Log.Sealing;
using Gating.Testing.Evidence;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Evidence;

/// <summary>Whatever breaks while a bundle is written, storage or the reader's connection: what has been written until then is no bundle, and storage is as it was.</summary>
public sealed class BundleFaultsTests(ITestOutputHelper output)
{
    private readonly EvidenceWorld _world = new();

    [Fact]
    public async Task Any_call_that_is_not_answered_ends_it_without_a_manifest()
    {
        var stream = await _world.LogAsync(150);
        await _world.AppendAsync(2, stream);
        var request = _world.Request(stream) with { Answer = BundleTests.Places(new LeafPlace(await _world.LogAsync(3), 2)) };
        foreach (var fault in new[] { Fault.Before, Fault.After })
        {
            // How many calls there are differs: two proofs that are made at once may both read a tile that each needs.
            var lost = 0;
            while (await IsLostAsync(request, fault, lost + 1))
            {
                lost++;
            }

            output.WriteLine($"{lost} calls, each {fault}");
            lost.ShouldBeGreaterThan(8);
        }

        _world.Faults.Violations.ShouldBeEmpty();
        (await _world.VerifyAsync(await _world.WriteAsync(request))).ShouldBeOfType<BundleReport.Judged>().Verdict.ShouldBe(Verdict.NotChecked);
    }

    [Fact]
    public async Task A_call_that_is_made_twice_changes_nothing()
    {
        var request = _world.Request(await _world.LogAsync(5));
        var whole = BundleSurgery.Unpack(await _world.WriteAsync(request));
        for (var nth = 1L; nth <= 10; nth++)
        {
            _world.Faults.OnAny(Fault.Duplicate, nth);
            BundleSurgery.Unpack(await _world.WriteAsync(request))["proofs.jsonl"].ShouldBe(whole["proofs.jsonl"]);
        }
    }

    [Fact]
    public async Task It_is_written_forward_only_and_never_synchronously()
    {
        using var written = new MemoryStream();
        await using var body = new OneWayStream(async (_, bytes) =>
        {
            await Task.Yield();
            await written.WriteAsync(bytes);
        });
        (await _world.Writer().WriteAsync(_world.Request(await _world.LogAsync(300)), body, default)).ShouldBe(new BundleOutcome.Written(300, 0));
        (await _world.VerifyAsync(written.ToArray())).ShouldBeOfType<BundleReport.Judged>().Verdict.ShouldBe(Verdict.Holds);
    }

    [Fact]
    public async Task A_reader_who_goes_away_ends_it_wherever_it_is()
    {
        var request = _world.Request(await _world.LogAsync(150));
        var length = (await _world.WriteAsync(request)).Length;
        for (var until = 0; until < length - 100; until += length / 50)
        {
            using var partial = new MemoryStream();
            await using var body = new OneWayStream(async (at, bytes) =>
            {
                if (at > until)
                {
                    throw new IOException("The connection is gone.");
                }

                await partial.WriteAsync(bytes);
            });
            await Should.ThrowAsync<IOException>(() => _world.Writer().WriteAsync(request, body, default));
            (await _world.VerifyAsync(partial.ToArray())).ShouldBeOfType<BundleReport.Refused>();
        }
    }

    /// <summary>Writes while the <paramref name="nth"/> call goes wrong; false where there were not so many, and it was written whole.</summary>
    private async Task<bool> IsLostAsync(BundleRequest request, Fault fault, long nth)
    {
        _world.Faults.OnAny(fault, nth);
        using var partial = new MemoryStream();
        var thrown = await Record.ExceptionAsync(() => _world.Writer().WriteAsync(request, partial, default));
        if (!_world.Faults.Revive())
        {
            thrown.ShouldBeNull();
            return false;
        }

        thrown.ShouldBeOfType<StorageUnavailableException>($"call {nth}, {fault}");
        (await _world.VerifyAsync(partial.ToArray())).ShouldBeOfType<BundleReport.Refused>();
        return true;
    }
}
