using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Log.Sealing;

/// <summary>An instance indexes each entry once, whoever comes to it first; where that fails, whoever waited does it himself.</summary>
public sealed class EntryIndexesTests
{
    private readonly Recording _index = new();
    private readonly EntryIndexes _indexes;
    private readonly Entry[] _entries = Some.Chain(StreamId.Create(), Head.New(Some.Salt), 5);

    public EntryIndexesTests() => _indexes = new([_index]);

    [Fact]
    public async Task What_was_indexed_is_not_indexed_again_and_what_is_new_is()
    {
        await _indexes.AddAsync(_entries[..3], default);
        await _indexes.AddAsync(_entries[1..3], default);
        await _indexes.AddAsync(_entries[2..], default);
        await _indexes.AddAsync([], default);
        _index.Batches.ShouldBe([[1, 2, 3], [4, 5]]);
    }

    [Fact]
    public async Task Who_comes_while_it_is_indexed_waits_until_it_is()
    {
        var first = _index.HoldNext();
        var one = _indexes.AddAsync(_entries[..3], default);
        var two = _indexes.AddAsync(_entries[2..], default);
        await Should.ThrowAsync<TimeoutException>(two.WaitAsync(TimeSpan.FromMilliseconds(100)));
        _index.Batches.ShouldBe([[1, 2, 3], [4, 5]]);
        first.SetResult();
        await Task.WhenAll(one, two);
        _index.Batches.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_comes_again_is_indexed_again_until_it_does_not()
    {
        _index.Again = 2;
        await _indexes.AddAsync(_entries[..3], default);
        await _indexes.AddAsync(_entries[..3], default);
        _index.Again = null;
        await _indexes.AddAsync(_entries[..3], default);
        await _indexes.AddAsync(_entries[..3], default);
        _index.Batches.ShouldBe([[1, 2, 3], [2], [2]]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_it_failed_for_one_another_does_it(bool isCancelled)
    {
        var first = _index.HoldNext();
        var one = _indexes.AddAsync(_entries[..3], default);
        var two = _indexes.AddAsync(_entries[1..], default);
        first.SetException(isCancelled ? new OperationCanceledException() : new StorageUnavailableException("lost"));
        await Should.ThrowAsync<Exception>(one);
        await two;
        _index.Batches.ShouldBe([[1, 2, 3], [4, 5], [2, 3]]);
        await _indexes.AddAsync(_entries, default);
        _index.Batches[^1].ShouldBe([1]);
        _index.Batches.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Who_waits_ends_soon_after_he_is_cancelled()
    {
        var first = _index.HoldNext();
        var one = _indexes.AddAsync(_entries, default);
        using var cancelled = new CancellationTokenSource();
        var two = _indexes.AddAsync(_entries, cancelled.Token);
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(two);
        first.SetResult();
        await one;
    }

    private sealed class Recording : IEntryIndex
    {
        private TaskCompletionSource? _hold;

        public List<long[]> Batches { get; } = [];

        /// <summary>Seq of the entry that comes again.</summary>
        public long? Again { get; set; }

        public bool ComesAgain(Entry entry) => entry.Seq == Again;

        public TaskCompletionSource HoldNext() => _hold = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task AddAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
        {
            Batches.Add([.. entries.Select(static entry => entry.Seq)]);
            var hold = _hold;
            _hold = null;
            return hold?.Task ?? Task.CompletedTask;
        }
    }
}
