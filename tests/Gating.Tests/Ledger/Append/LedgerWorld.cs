using System.Collections.Immutable;
using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Storage;
using Shouldly;

namespace Gating.Tests.Ledger.Append;

/// <summary>A store, a queue, and as many instances of the appender as a test wants, with one small decision: units up to a limit, each an entry.</summary>
internal sealed class LedgerWorld
{
    public static readonly OperatorKey Key = new(new byte[OperatorKey.Size]);
    public static readonly StreamId Stream = new(new(0, 7));

    public LedgerWorld()
    {
        Store = new(Faults);
        Queue = new(Faults);
        Appender = NewInstance();
    }

    public Faults Faults { get; } = new();

    public ManualTime Time { get; } = ManualTime.Running();

    public InMemoryLedgerStore Store { get; }

    public InMemoryTraceQueue Queue { get; }

    public Appender Appender { get; }

    /// <summary>How often the decision ran.</summary>
    public int Decisions => _decisions;

    private int _decisions;

    public Appender NewInstance() => new(Store, Queue, Key, Time);

    public Task<AppendOutcome<bool>> AppendAsync(
        int limit = 1000, StreamId? stream = null, Appender? by = null, ImmutableArray<ShortLivedRow> keys = default, string secret = "", bool isNew = false) =>
        (by ?? Appender).AppendAsync(stream ?? Stream, Proposal(limit, keys.IsDefault ? [] : keys, secret), isNew);

    /// <summary>Fails when the append completes while something that it has to wait for is held.</summary>
    public static Task ShouldStillWaitAsync(Task append) => Should.ThrowAsync<TimeoutException>(append.WaitAsync(TimeSpan.FromMilliseconds(100)));

    /// <summary>Settles the grant of an entry.</summary>
    public Task<AppendOutcome<bool>> SettleAsync(long seq, Appender? by = null) =>
        (by ?? Appender).AppendAsync(
            Stream, new Proposal<bool>(OperationId.Create(), [], (state, _) => new(state, [new(EntryKind.Released, "{}"u8.ToArray(), default)], [], seq, null, true)), isNew: false);

    /// <summary>An append whose transaction happens and whose reference is not queued.</summary>
    public async Task LoseReferenceAsync()
    {
        var put = Faults.HoldNext(StoreCall.PutTrace);
        Faults.On(StoreCall.PutTrace, Fault.Before);
        var commits = Faults.Calls(StoreCall.Commit);
        var append = AppendAsync();
        await put.Reached;
        await Eventually.TrueAsync(() => Faults.Calls(StoreCall.Commit) == commits + 1);
        put.Release();
        await Should.ThrowAsync<StorageUnavailableException>(append);
    }

    public ShortLivedRow KeyOf(string name, TimeSpan? life = null) => new(KeyHash.Of("test", name), Time.GetUtcNow() + (life ?? TimeSpan.FromHours(1)));

    public async Task<Head> HeadAsync(StreamId? stream = null) => (await Store.ReadHeadAsync(stream ?? Stream, default))!.Head;

    public async Task<long> UsedAsync() => (await HeadAsync()).State.Windows is [var window] ? window.Used : 0;

    /// <summary>The chain re-verifies, every acknowledged entry was announced, and the store saw no rule broken.</summary>
    public async Task ShouldBeSoundAsync(StreamId? stream = null)
    {
        var report = await StreamVerifier.VerifyAsync(Store, stream ?? Stream, default);
        report.Findings.ShouldBeEmpty();
        Faults.Violations.ShouldBeEmpty();
    }

    public IEnumerable<long> AnnouncedSeqs(StreamId? stream = null) =>
        Queue.References.Where(reference => reference.Stream == (stream ?? Stream)).SelectMany(reference => Enumerable.Range((int)reference.From, (int)(reference.To - reference.From + 1))).Select(seq => (long)seq);

    private Proposal<bool> Proposal(int limit, ImmutableArray<ShortLivedRow> keys, string secret) => new(OperationId.Create(), keys, (state, time) =>
    {
        Interlocked.Increment(ref _decisions);
        var used = state.Windows is [var window] ? window.Used : 0;
        if (used >= limit)
        {
            return new(state, [], [], null, "limit", false);
        }

        var entry = new EntryDraft(EntryKind.Granted, "{\"v\":1}"u8.ToArray(), System.Text.Encoding.UTF8.GetBytes(secret));
        var next = new UsageWindow(1, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddDays(-1), used + 1);
        return new(state with { Windows = [next] }, [entry], keys, null, null, true);
    });
}
