using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every trace queue must do. Each test has an empty queue.</summary>
public abstract class TraceQueueContract
{
    [Fact]
    public async Task References_put_together_arrive_in_one_message()
    {
        var queue = await OpenAsync();
        TraceReference[] references = [new(StreamId.Create(), 1, 1), new(StreamId.Create(), 7, 99)];

        await queue.PutAsync(references, default);

        (await ReceiveAsync()).ShouldHaveSingleItem().ShouldBe(references);
    }

    [Fact]
    public async Task The_largest_message_fits()
    {
        var queue = await OpenAsync();
        var references = Enumerable.Range(0, ITraceQueue.MaxReferences)
            .Select(i => new TraceReference(StreamId.Create(), long.MaxValue - 1 - i, long.MaxValue - i)).ToList();

        await queue.PutAsync(references, default);

        (await ReceiveAsync()).ShouldHaveSingleItem().ShouldBe(references);
    }

    [Fact]
    public async Task No_references_and_too_many_are_refused()
    {
        var queue = await OpenAsync();
        var many = Enumerable.Repeat(new TraceReference(StreamId.Create(), 1, 1), ITraceQueue.MaxReferences + 1).ToList();

        await Should.ThrowAsync<ArgumentException>(() => queue.PutAsync(many, default));
        await Should.ThrowAsync<ArgumentException>(() => queue.PutAsync([], default));

        (await ReceiveAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Messages_put_at_once_all_arrive()
    {
        var queue = await OpenAsync();
        var references = Enumerable.Range(1, 32).Select(i => new TraceReference(StreamId.Create(), i, i)).ToList();

        await Task.WhenAll(references.Select(reference => Task.Run(() => queue.PutAsync([reference], default))));

        (await ReceiveAsync()).SelectMany(message => message).ShouldBe(references, ignoreOrder: true);
    }

    protected abstract ValueTask<ITraceQueue> OpenAsync();

    /// <summary>Takes every message that is there.</summary>
    protected abstract Task<IReadOnlyList<IReadOnlyList<TraceReference>>> ReceiveAsync();
}
