using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Gating.Ledger;

namespace Gating.Access;

/// <summary>How recording a decision in the operator's ledger ended.</summary>
internal enum DecisionOutcome
{
    /// <summary>Recorded now, and announced.</summary>
    Recorded = 1,

    /// <summary>The same official had decided the same before: it stands, and is announced.</summary>
    Repeated = 2,

    /// <summary>It was decided before, otherwise or by somebody else.</summary>
    Otherwise = 3,

    /// <summary>Too much is being asked of the operator's ledger at once: try again.</summary>
    Busy = 4,
}

/// <summary>How recording something under a key that serves once ended.</summary>
internal abstract record RecordedOnce
{
    private RecordedOnce()
    {
    }

    public sealed record Now(long Seq) : RecordedOnce;

    /// <summary>The key was used before, by that entry. Nothing was recorded.</summary>
    public sealed record Before(long Seq) : RecordedOnce;
}

/// <summary>Entries of one kind, the youngest first, with their sealed parts.</summary>
/// <param name="Next">Seq before which more may be found; null where there is none.</param>
internal sealed record OperatorPage(ImmutableArray<(Entry Entry, ReadOnlyMemory<byte> Opened)> Found, long? Next);

/// <summary>
/// The operator's own ledger, in which officials propose and decide. A decision settles a part of the entry that it is about: it is made once, whoever races, and the same official who makes it again hears that it stands.
/// </summary>
public sealed class OperatorLedger(ILedgerStore ledger, Appender appender, StreamNames names, SealedReader sealedParts)
{
    private const int Version = 1;

    /// <summary>Entries that are read for one page at most.</summary>
    private const int MostEntries = 5000;

    /// <summary>Seq of the entry; null where too much is being asked at once. Where the answer of storage was lost it may stand twice.</summary>
    internal async Task<long?> RecordAsync(EntryDraft draft, CancellationToken cancellation)
    {
        var proposal = new Proposal<bool>(OperationId.Create(), [], (state, _) => new(state, [draft], [], null, null, true));
        return await appender.AppendAsync(await StreamAsync(cancellation), proposal, isNew: false) is AppendOutcome<bool>.Done { Entries: [var entry, ..] } ? entry.Seq : null;
    }

    /// <summary>
    /// The same, under a key: it stands once, whoever lost an answer. More keys at once than a head remembers (<see cref="Head.MaxShortLived"/>), and it is recorded without one: that something was done is never left
    /// out, at the price that it may then stand twice. Null where too much is being asked at once.
    /// </summary>
    internal async Task<RecordedOnce?> RecordOnceAsync(EntryDraft draft, ShortLivedRow key, CancellationToken cancellation)
    {
        var proposal = new Proposal<bool>(OperationId.Create(), [key], (state, _) => new(state, [draft], [key], null, null, true));
        return await appender.AppendAsync(await StreamAsync(cancellation), proposal, isNew: false) switch
        {
            AppendOutcome<bool>.Done { Entries: [var entry, ..] } => new RecordedOnce.Now(entry.Seq),
            AppendOutcome<bool>.KeyTaken taken => new RecordedOnce.Before(taken.Row.Seq),
            AppendOutcome<bool>.Shed { Reason: ShedReason.TooManyKeys } when await RecordAsync(draft, cancellation) is { } seq => new RecordedOnce.Now(seq),
            _ => null,
        };
    }

    /// <summary>What <see cref="RecordOnceAsync"/> recorded under that key, announced before it is told; null where it was used for nothing of that kind, or what it says was erased.</summary>
    internal async Task<(Entry Entry, ReadOnlyMemory<byte> Opened)?> FindByKeyAsync(EntryKind kind, KeyHash key, CancellationToken cancellation)
    {
        var stream = await StreamAsync(cancellation);
        return await ledger.ReadKeyAsync(stream, key, cancellation) is { } row && await appender.ReadAnnouncedAsync(stream, row.Seq, cancellation) is var (head, entry) && entry.Kind == kind
            && sealedParts.Open(head, entry) is { } opened
            ? (entry, opened)
            : null;
    }

    /// <summary>Backwards from <paramref name="before"/>, or from the end; looks at <see cref="MostEntries"/> entries at most, so that a page may be short, or empty, and have a next one.</summary>
    internal async Task<OperatorPage> ReadBackAsync(EntryKind kind, long? before, int most, CancellationToken cancellation)
    {
        var stream = await StreamAsync(cancellation);
        if (await ledger.ReadHeadAsync(stream, cancellation) is not { Head: var head })
        {
            return new([], null);
        }

        var (found, seen) = (ImmutableArray.CreateBuilder<(Entry, ReadOnlyMemory<byte>)>(most), 0L);
        await foreach (var entry in EntriesBack.ReadAsync(ledger, stream, Math.Min(before ?? long.MaxValue, head.Seq + 1) - 1, MostEntries, cancellation))
        {
            seen = entry.Seq;
            if (entry.Kind == kind && sealedParts.Open(head, entry) is { } opened)
            {
                found.Add((entry, opened));
                if (found.Count == most)
                {
                    break;
                }
            }
        }

        return new(found.DrainToImmutable(), EntriesBack.Before(seen));
    }

    /// <param name="text">Why, where it is said: sealed.</param>
    internal async Task<DecisionOutcome> DecideAsync(EntryKind kind, SettlementId settles, Official by, CancellationToken cancellation, string? text = null)
    {
        var stream = await StreamAsync(cancellation);
        var draft = new EntryDraft(kind, About(settles.Seq), By(by, text));
        var proposal = new Proposal<bool>(OperationId.Create(), [], (state, _) => new(state, [draft], [], settles, null, true));
        return await appender.AppendAsync(stream, proposal, isNew: false) switch
        {
            AppendOutcome<bool>.Done => DecisionOutcome.Recorded,

            // A repeat, because its first answer was lost: announced before it is told.
            AppendOutcome<bool>.AlreadySettled settled => await appender.ReadAnnouncedAsync(stream, settled.Row.By, cancellation) is var (_, entry) && entry.Kind == kind
                && await sealedParts.OpenAsync(entry, cancellation) is { } opened && ReadBy(opened).IsSameHumanAs(by)
                ? DecisionOutcome.Repeated
                : DecisionOutcome.Otherwise,
            _ => DecisionOutcome.Busy,
        };
    }

    /// <summary>The entry at that seq and its sealed part; null where there is no such entry of that kind, or what it says was erased.</summary>
    internal async Task<(Entry Entry, ReadOnlyMemory<byte> Opened)?> ReadAsync(EntryKind kind, long seq, CancellationToken cancellation) =>
        await ledger.ReadEntryAsync(await StreamAsync(cancellation), seq, cancellation) is { } entry && entry.Kind == kind && await sealedParts.OpenAsync(entry, cancellation) is { } opened
            ? (entry, opened)
            : null;

    /// <summary>The kind of the entry that settled it; null where nothing has.</summary>
    internal async Task<EntryKind?> ReadDecisionAsync(SettlementId settled, CancellationToken cancellation) => (await FindDecisionAsync(settled, cancellation))?.Kind;

    /// <summary>The entry that settled it; null where nothing has.</summary>
    internal async Task<Entry?> FindDecisionAsync(SettlementId settled, CancellationToken cancellation)
    {
        var stream = await StreamAsync(cancellation);
        return await ledger.ReadSettlementAsync(stream, settled, cancellation) is not { } row ? null
            : await ledger.ReadEntryAsync(stream, row.By, cancellation) ?? throw new StreamFrozenException(stream, $"a settlement names entry {row.By}, which is not there");
    }

    /// <summary>Records that something has come to its end, which nobody in particular decided; once, whoever races. Does nothing where too much is being asked at once: whoever finds it open does it.</summary>
    internal async Task SettleAsync(EntryDraft draft, SettlementId settles, CancellationToken cancellation) =>
        await appender.AppendAsync(await StreamAsync(cancellation), new Proposal<bool>(OperationId.Create(), [], (state, _) => new(state, [draft], [], settles, null, true)), isNew: false);

    /// <summary>Seq of the last entry; 0 where there is none.</summary>
    internal async Task<long> ReadLastAsync(CancellationToken cancellation) => (await ledger.ReadHeadAsync(await StreamAsync(cancellation), cancellation))?.Head.Seq ?? 0;

    /// <summary>Entries of one kind with their sealed parts, from behind <paramref name="after"/> to the end, the oldest first.</summary>
    internal async IAsyncEnumerable<(Entry Entry, ReadOnlyMemory<byte> Opened)> ReadOnAsync(EntryKind kind, long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var stream = await StreamAsync(cancellation);
        if (await ledger.ReadHeadAsync(stream, cancellation) is not { Head: var head })
        {
            yield break;
        }

        await foreach (var entry in ledger.ReadEntriesAsync(stream, after + 1, head.Seq, cancellation))
        {
            if (entry.Kind == kind && sealedParts.Open(head, entry) is { } opened)
            {
                yield return (entry, opened);
            }
        }
    }

    /// <summary>Of a decision's public part: seq of the entry that it is about.</summary>
    internal static long ReadAbout(Entry decision)
    {
        using var json = JsonDocument.Parse(decision.Public);
        Known(json.RootElement);
        return json.RootElement.GetProperty("about").GetInt64();
    }

    private static Official ReadBy(ReadOnlyMemory<byte> opened)
    {
        using var json = JsonDocument.Parse(opened);
        Known(json.RootElement);
        return Official.Read(json.RootElement.GetProperty("by"));
    }

    private static byte[] About(long seq) => JsonBytes.OfObject(seq, static (json, seq) =>
    {
        json.WriteNumber("v"u8, Version);
        json.WriteNumber("about"u8, seq);
    });

    private static byte[] By(Official by, string? text) => JsonBytes.OfObject((by, text), static (json, said) =>
    {
        json.WriteNumber("v"u8, Version);
        said.by.Write(json, "by");
        if (said.text is not null)
        {
            json.WriteString("text"u8, said.text);
        }
    });

    private static void Known(JsonElement root)
    {
        if (root.GetProperty("v").GetInt32() is not Version and var version)
        {
            throw new UnknownVersionException("decision entry", version);
        }
    }

    private ValueTask<StreamId> StreamAsync(CancellationToken cancellation) => names.OfAsync(StreamNames.Operator, StreamNames.Operator, cancellation);
}
