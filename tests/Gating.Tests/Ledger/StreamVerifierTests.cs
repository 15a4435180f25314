using Gating.Ledger;
using Gating.Testing.Storage;
using Gating.Tests.Ledger.Append;
using Shouldly;
using Xunit;

namespace Gating.Tests.Ledger;

/// <summary>Whatever is done to the rows of a stream past the gate, the verifier says which row is wrong.</summary>
public sealed class StreamVerifierTests
{
    private readonly LedgerWorld _world = new();

    public static TheoryData<string, Action<InMemoryLedgerStore.Rows>, LedgerFault, long> Tampering => new()
    {
        { "an entry's public part is edited", rows => rows.Entries[3] = With(rows.Entries[3], "{\"v\":2}"u8.ToArray()), LedgerFault.ChainBroken, 4 },
        { "the last entry is edited", rows => rows.Entries[5] = With(rows.Entries[5], "{\"v\":2}"u8.ToArray()), LedgerFault.HeadDiffers, 0 },
        { "an entry is deleted", rows => rows.Entries.Remove(3), LedgerFault.EntryMissing, 3 },
        { "the first entry is deleted", rows => rows.Entries.Remove(1), LedgerFault.EntryMissing, 1 },
        { "the last entry is deleted", rows => rows.Entries.Remove(5), LedgerFault.EntryMissing, 5 },
        { "two entries change places", rows => (rows.Entries[2], rows.Entries[3]) = (At(rows.Entries[3], 2), At(rows.Entries[2], 3)), LedgerFault.ChainBroken, 2 },
        { "an entry is added beyond the head", rows => rows.Entries[6] = At(rows.Entries[5], 6), LedgerFault.BeyondHead, 6 },
        { "the head is deleted", rows => rows.Head = null, LedgerFault.HeadMissing, 0 },
        { "a sealed part is edited", rows => rows.Entries[2] = rows.Entries[2] with { Sealed = new byte[40] }, LedgerFault.SealedChanged, 2 },
        { "a time is set back", rows => rows.Entries[4] = rows.Entries[4] with { Time = DateTimeOffset.UnixEpoch }, LedgerFault.TimeReversed, 4 },
    };

    [Theory]
    [MemberData(nameof(Tampering))]
    public async Task A_stream_that_was_tampered_with_is_found_out(string what, Action<InMemoryLedgerStore.Rows> tamper, LedgerFault fault, long seq)
    {
        what.ShouldNotBeEmpty();
        await FillAsync();
        _world.Store.Tamper(LedgerWorld.Stream, tamper);
        var report = await StreamVerifier.VerifyAsync(_world.Store, LedgerWorld.Stream, default);
        report.Findings.ShouldContain(new LedgerFinding(seq, fault));
    }

    [Fact]
    public async Task A_stream_that_nobody_touched_is_sound()
    {
        await FillAsync();
        var report = await StreamVerifier.VerifyAsync(_world.Store, LedgerWorld.Stream, default);
        report.IsSound.ShouldBeTrue();
        report.Entries.ShouldBe(5);
        report.Erased.ShouldBe(0);
    }

    [Fact]
    public async Task An_erased_sealed_part_leaves_the_chain_valid_and_is_counted()
    {
        await FillAsync();
        _world.Store.Tamper(LedgerWorld.Stream, rows => rows.Entries[2] = rows.Entries[2] with { Sealed = default });
        var report = await StreamVerifier.VerifyAsync(_world.Store, LedgerWorld.Stream, default);
        report.IsSound.ShouldBeTrue();
        report.Erased.ShouldBe(1);
    }

    [Fact]
    public async Task A_store_that_fails_midway_gives_no_report()
    {
        await FillAsync();
        using var outage = _world.Faults.Outage(Fault.Before, StoreCall.ReadEntries);
        await Should.ThrowAsync<StorageUnavailableException>(StreamVerifier.VerifyAsync(_world.Store, LedgerWorld.Stream, default));
    }

    private async Task FillAsync()
    {
        for (var i = 0; i < 5; i++)
        {
            await _world.AppendAsync(secret: "personal");
        }
    }

    private static Entry With(Entry entry, byte[] publicPart) => Again(entry, entry.Seq, publicPart);

    private static Entry At(Entry entry, long seq) => Again(entry, seq, entry.Public);

    // A new entry, so that its hash is worked out anew.
    private static Entry Again(Entry entry, long seq, ReadOnlyMemory<byte> publicPart) =>
        new(entry.Stream, seq, entry.Kind, entry.Time, entry.Operation, publicPart, entry.Sealed, entry.SealedDigest, entry.Previous);
}
