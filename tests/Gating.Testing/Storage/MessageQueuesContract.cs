using System.Text;
using Gating.Messages;
using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every store of queues must do. Each test has queues of its own.</summary>
public abstract class MessageQueuesContract
{
    private const string Queue = "outputs";

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ShortLease = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task What_is_put_is_received_as_it_was_and_counted()
    {
        var (queues, source) = await OpenAsync();
        byte[] bytes = [.. Enumerable.Range(0, 48 * 1024).Select(static i => (byte)i)];
        await queues.PutAsync(Queue, bytes, default);
        var delivery = (await source.ReceiveAsync(Queue, 32, Lease, default)).ShouldHaveSingleItem();
        delivery.Message().ToArray().ShouldBe(bytes);
        delivery.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Queues_are_apart_and_an_empty_one_gives_nothing()
    {
        var (queues, source) = await OpenAsync();
        await queues.PutAsync(Queue, "here"u8.ToArray(), default);
        (await source.ReceiveAsync("generations", 32, Lease, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_that_is_held_is_nobody_elses()
    {
        var (queues, source) = await OpenAsync();
        await queues.PutAsync(Queue, "one"u8.ToArray(), default);
        (await source.ReceiveAsync(Queue, 32, Lease, default)).Count.ShouldBe(1);
        (await source.ReceiveAsync(Queue, 32, Lease, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_that_was_dropped_comes_again_with_its_bytes()
    {
        var (queues, source) = await OpenAsync();
        await queues.PutAsync(Queue, "one"u8.ToArray(), default);
        var first = (await source.ReceiveAsync(Queue, 1, ShortLease, default)).ShouldHaveSingleItem();
        var again = await ComesAgainAsync(source);
        again.Count.ShouldBe(2);
        again.Message().ToArray().ShouldBe("one"u8.ToArray());

        // The first holder is late: what it says counts no longer.
        (await source.KeepAsync(Queue, first, Lease, default)).ShouldBeNull();
        await source.RemoveAsync(Queue, first, default);
        (await source.KeepAsync(Queue, again, Lease, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_message_that_is_kept_stays_ours_and_keeps_its_bytes()
    {
        var (queues, source) = await OpenAsync();
        await queues.PutAsync(Queue, "one"u8.ToArray(), default);
        var delivery = (await source.ReceiveAsync(Queue, 1, Lease, default)).ShouldHaveSingleItem();
        (await source.KeepAsync(Queue, delivery, TimeSpan.Zero, default)).ShouldNotBeNull();
        var again = await ComesAgainAsync(source);
        Encoding.UTF8.GetString(again.Message().Span).ShouldBe("one");
    }

    [Fact]
    public async Task What_was_removed_is_gone_and_removing_it_again_is_nothing()
    {
        var (queues, source) = await OpenAsync();
        await queues.PutAsync(Queue, "one"u8.ToArray(), default);
        var delivery = (await source.ReceiveAsync(Queue, 1, ShortLease, default)).ShouldHaveSingleItem();
        await source.RemoveAsync(Queue, delivery, default);
        await source.RemoveAsync(Queue, delivery, default);
        (await source.KeepAsync(Queue, delivery, TimeSpan.Zero, default)).ShouldBeNull();
        (await source.ReceiveAsync(Queue, 1, ShortLease, default)).ShouldBeEmpty();
    }

    protected abstract ValueTask<(IMessageQueues Queues, IMessageSource Source)> OpenAsync();

    private static async Task<Delivery> ComesAgainAsync(IMessageSource source)
    {
        Delivery? again = null;
        await Eventually.TrueAsync(async () => (again = (await source.ReceiveAsync(Queue, 1, Lease, default)).SingleOrDefault()) is not null);
        return again!;
    }
}

/// <summary>What every store of dead letters must do. Each test has a store of its own.</summary>
public abstract class DeadLettersContract
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_letter_is_found_and_read_as_it_was_put()
    {
        var letters = await OpenAsync();
        var letter = Letter("one");
        await letters.PutAsync(letter, default);
        ShouldSay((await letters.FindAsync(letter.Queue, letter.Id, default)).ShouldNotBeNull(), letter);
        ShouldSay((await AllAsync(letters)).ShouldHaveSingleItem(), letter);
        (await letters.FindAsync("outputs", letter.Id, default)).ShouldBeNull();
    }

    [Fact]
    public async Task The_same_message_is_one_letter_that_says_the_last()
    {
        var letters = await OpenAsync();
        await letters.PutAsync(Letter("one"), default);
        var later = Letter("one") with { Reason = "worn_out", At = Noon.AddMinutes(1) };
        await letters.PutAsync(later, default);
        ShouldSay((await AllAsync(letters)).ShouldHaveSingleItem(), later);
    }

    [Fact]
    public async Task A_letter_that_was_put_again_is_not_removed_by_who_read_the_one_before()
    {
        var letters = await OpenAsync();
        await letters.PutAsync(Letter("one"), default);
        var read = (await AllAsync(letters)).Single();
        await letters.PutAsync(Letter("one") with { At = Noon.AddMinutes(1) }, default);
        (await letters.RemoveAsync(read, default)).ShouldBeFalse();
        (await letters.RemoveAsync((await AllAsync(letters)).ShouldHaveSingleItem(), default)).ShouldBeTrue();
        (await AllAsync(letters)).ShouldBeEmpty();
    }

    [Fact]
    public async Task All_are_read_in_the_order_of_their_ids()
    {
        var letters = await OpenAsync();
        var put = Enumerable.Range(0, 20).Select(static i => Letter($"m{i}")).ToList();
        await Task.WhenAll(put.Select(letter => letters.PutAsync(letter, default)));
        (await AllAsync(letters)).Select(static letter => letter.Id).ShouldBe(put.Select(static letter => letter.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_largest_message_of_a_queue_fits()
    {
        var letters = await OpenAsync();
        var letter = Letter("x") with { Message = new byte[64 * 1024] };
        await letters.PutAsync(letter, default);
        (await AllAsync(letters)).ShouldHaveSingleItem().Message.Length.ShouldBe(64 * 1024);
    }

    protected abstract ValueTask<IDeadLetters> OpenAsync();

    private static DeadLetter Letter(string message) => new("generations", Encoding.UTF8.GetBytes(message), "report_differs", "Something else was reported before.", Noon);

    private static async Task<List<DeadLetter>> AllAsync(IDeadLetters letters)
    {
        var all = new List<DeadLetter>();
        await foreach (var letter in letters.ReadAsync("generations", default))
        {
            all.Add(letter);
        }

        return all;
    }

    private static void ShouldSay(DeadLetter read, DeadLetter put)
    {
        read.Message.ToArray().ShouldBe(put.Message.ToArray());
        (read with { Message = put.Message, Token = null }).ShouldBe(put);
    }
}
