using System.Diagnostics;
using Azure;
using Gating.Azure.Tables;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Azure.Tests.Tables;

/// <summary>Our client behind a network that loses, cuts, delays and repeats: what happened is told from what did not, or called unknown.</summary>
public sealed class LostAnswerTests : IAsyncLifetime
{
    private FaultProxy _proxy = null!;
    private StorageOptions _options = null!;
    private string _name = null!;
    private TableClient _direct = null!;

    public static TheoryData<WireFault> Losses() => [WireFault.AnswerLost, WireFault.ErrorAfter, WireFault.CutOff, WireFault.Hang];

    public static TheoryData<WireFault> AllFaults() =>
        [WireFault.ResetBefore, WireFault.AnswerLost, WireFault.ErrorAfter, WireFault.CutOff, WireFault.Busy, WireFault.Hang, WireFault.Forbidden];

    public async Task InitializeAsync()
    {
        var azurite = await AzuriteStorage.SharedOptionsAsync();
        _proxy = await FaultProxy.StartAsync(azurite.Tables);
        _options = azurite with { Tables = _proxy.Address };
        _direct = await TableClientTests.NewTableAsync();
        _name = _direct.Name;
    }

    public async Task DisposeAsync() => await _proxy.DisposeAsync();

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task An_insert_whose_answer_was_lost_is_recognised_as_our_own(WireFault loss)
    {
        _proxy.Next(loss);

        var outcome = await Client(2, loss).InsertAsync(Row("op-1"), default);

        outcome.ShouldBeOfType<TableOutcome.Done>().ETag.ShouldBe((await _direct.GetAsync("p", "r", default))!.ETag);
    }

    [Fact]
    public async Task An_insert_that_never_arrived_is_simply_made()
    {
        _proxy.Next(WireFault.ResetBefore, WireFault.Busy);

        (await Client(2).InsertAsync(Row("op-1"), default)).ShouldBeOfType<TableOutcome.Done>();

        _proxy.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Somebody_elses_row_stays_theirs_after_a_retry()
    {
        await _direct.InsertAsync(Row("theirs"), default);
        _proxy.Next(WireFault.ResetBefore);

        (await Client(2).InsertAsync(Row("ours"), default)).ShouldBe(new TableOutcome.Refused(0, TableRefusal.Exists));
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task A_replacement_whose_answer_was_lost_is_recognised_as_our_own(WireFault loss)
    {
        var tag = Tag(await _direct.InsertAsync(Row("op-1"), default));
        // A replacement's answer has no body to cut.
        _proxy.Next(loss == WireFault.CutOff ? WireFault.AnswerLost : loss);

        var outcome = await Client(2, loss).ReplaceAsync(Row("op-2"), tag, default);

        outcome.ShouldBeOfType<TableOutcome.Done>().ETag.ShouldBe((await _direct.GetAsync("p", "r", default))!.ETag);
    }

    [Fact]
    public async Task A_replacement_that_may_have_been_overwritten_is_unknown_and_not_a_conflict()
    {
        var tag = Tag(await _direct.InsertAsync(Row("op-1"), default));
        var overwritten = false;
        _proxy.Choose((request, _) =>
        {
            if (request.Method != "PUT" || overwritten)
            {
                return WireFault.None;
            }

            overwritten = true;
            return WireFault.AnswerLost;
        });
        var client = Client(2);
        var overtaking = OvertakeAsync();

        await Should.ThrowAsync<StorageUnavailableException>(() => client.ReplaceAsync(Row("ours"), tag, default));
        await overtaking;

        // As soon as ours is there, somebody replaces it: within the retry's delay.
        async Task OvertakeAsync()
        {
            TableEntity? seen;
            do
            {
                seen = await _direct.GetAsync("p", "r", default);
            }
            while (seen!.Get("Op").AsString() != "ours");
            (await _direct.ReplaceAsync(Row("theirs"), seen.ETag, default)).ShouldBeOfType<TableOutcome.Done>();
        }
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task A_transaction_whose_answer_was_lost_is_recognised_by_the_row_it_inserted(WireFault loss)
    {
        var tag = Tag(await _direct.InsertAsync(new TableEntity("p", "head").With("N", TableValue.Of(1)).With("Op", TableValue.Of("op-0")), default));
        _proxy.Next(loss);
        var head = new TableEntity("p", "head").With("N", TableValue.Of(2)).With("Op", TableValue.Of("op-1"));

        var outcome = await Client(2, loss).SubmitTransactionAsync(new TableTransaction("p").Replace(head, tag).Insert(Row("op-1")), default);

        outcome.ShouldBeOfType<TableOutcome.Done>().ETag.ShouldBe((await _direct.GetAsync("p", "head", default))!.ETag);
    }

    [Fact]
    public async Task A_transaction_that_somebody_else_overtook_is_a_conflict_after_a_retry_too()
    {
        var tag = Tag(await _direct.InsertAsync(new TableEntity("p", "head").With("N", TableValue.Of(1)), default));
        await _direct.ReplaceAsync(new TableEntity("p", "head").With("N", TableValue.Of(2)), tag, default);
        _proxy.Next(WireFault.ResetBefore);

        var outcome = await Client(2).SubmitTransactionAsync(new TableTransaction("p").Replace(new("p", "head"), tag).Insert(Row("ours")), default);

        outcome.ShouldBe(new TableOutcome.Refused(0, TableRefusal.Changed));
        (await _direct.GetAsync("p", "r", default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_lost_write_without_an_operation_id_is_unknown()
    {
        _proxy.Next(WireFault.AnswerLost);

        await Should.ThrowAsync<StorageUnavailableException>(() => Client(2).InsertAsync(new("p", "r"), default));
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task A_row_of_which_it_does_not_matter_who_wrote_it_is_there_after_a_lost_answer(WireFault loss)
    {
        // An insertion's answer has no body to cut.
        _proxy.Next(loss == WireFault.CutOff ? WireFault.AnswerLost : loss);

        await Client(2, loss).EnsureAsync(new("p", "r"), default);
        await Client(0).EnsureAsync(new("p", "r"), default);

        (await TableClientTests.ReadAllAsync(_direct, new("p"))).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_row_that_is_gone_after_a_lost_deletion_was_deleted()
    {
        await _direct.InsertAsync(Row("op-1"), default);
        _proxy.Next(WireFault.AnswerLost);

        (await Client(2).DeleteAsync("p", "r", ETag.All, default)).ShouldBeOfType<TableOutcome.Done>();
    }

    [Fact]
    public async Task A_duplicated_insert_has_one_effect()
    {
        _proxy.Next(WireFault.Duplicate);

        (await Client(0).InsertAsync(Row("op-1"), default)).ShouldBeOfType<TableOutcome.Done>();

        (await TableClientTests.ReadAllAsync(_direct, new("p"))).ShouldHaveSingleItem();
    }

    [Theory]
    [MemberData(nameof(AllFaults))]
    public async Task Without_retries_every_fault_is_unknown_and_never_an_answer(WireFault fault)
    {
        await _direct.InsertAsync(new("p", "there"), default);
        var client = Client(0, fault);

        _proxy.Next(fault == WireFault.CutOff ? WireFault.AnswerLost : fault);
        await Should.ThrowAsync<StorageUnavailableException>(() => client.InsertAsync(Row("op-1"), default));
        _proxy.Next(fault);
        await Should.ThrowAsync<StorageUnavailableException>(() => client.SubmitTransactionAsync(new TableTransaction("p").Insert(Row("op-1", "s")), default));
        _proxy.Next(fault);
        await Should.ThrowAsync<StorageUnavailableException>(() => client.GetAsync("p", "there", default));
        _proxy.Next(fault);
        await Should.ThrowAsync<StorageUnavailableException>(() => client.GetAsync("p", "absent", default));
        _proxy.Next(fault);
        await Should.ThrowAsync<StorageUnavailableException>(() => TableClientTests.ReadAllAsync(client, new("p")));
        _proxy.Requests.Count.ShouldBe(5);
    }

    [Theory]
    [InlineData(WireFault.CutOff)]
    [InlineData(WireFault.CutShort)]
    public async Task Part_of_an_answer_is_never_taken_for_the_whole(WireFault cut)
    {
        for (var i = 0; i < 20; i++)
        {
            await _direct.InsertAsync(Row($"op-{i}", $"r{i}"), default);
        }

        _proxy.Choose((_, _) => cut);

        await Should.ThrowAsync<StorageUnavailableException>(() => TableClientTests.ReadAllAsync(Client(0), new("p")));
        await Should.ThrowAsync<StorageUnavailableException>(() => Client(0).GetAsync("p", "r1", default));
        await Should.ThrowAsync<StorageUnavailableException>(() =>
            Client(0).SubmitTransactionAsync(new TableTransaction("p").Insert(new("p", "a")).Insert(new("p", "b")).Insert(new("p", "c")), default));
    }

    [Fact]
    public async Task An_empty_first_page_with_a_foreign_continuation_is_not_the_end()
    {
        await _direct.InsertAsync(Row("op-1", "a"), default);
        await _direct.InsertAsync(Row("op-2", "b"), default);
        _proxy.Choose((_, _) => WireFault.EmptyPage);

        (await TableClientTests.ReadAllAsync(Client(0), new("p"))).Select(row => row.RowKey).ShouldBe(["a", "b"]);

        _proxy.Requests.Count.ShouldBe(2);
        _proxy.Requests[1].Query.ShouldContain("NextRowKey=" + Uri.EscapeDataString(FaultProxy.ForeignContinuation));
    }

    [Fact]
    public async Task A_hang_ends_within_the_time_out_and_others_are_not_held_up()
    {
        await _direct.InsertAsync(Row("op-1"), default);
        var client = Client(0, WireFault.Hang);
        _proxy.Next(WireFault.Hang);
        var watch = Stopwatch.StartNew();

        var hanging = client.GetAsync("p", "r", default);
        while (_proxy.Requests.Count == 0)
        {
            await Task.Yield();
        }

        (await client.GetAsync("p", "r", default)).ShouldNotBeNull();
        hanging.IsCompleted.ShouldBeFalse();
        await Should.ThrowAsync<StorageUnavailableException>(() => hanging);

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Retries_are_bounded_and_counted()
    {
        var requests = new StorageRequests();
        using var account = new TableAccount(_options, TimeProvider.System, new(TimeProvider.System), requests);
        var client = new TableClient(account, _name, new(2, TimeSpan.FromMilliseconds(1)));
        _proxy.Choose((_, _) => WireFault.Busy);

        await Should.ThrowAsync<StorageUnavailableException>(() => client.GetAsync("p", "r", default));

        (_proxy.Requests.Count, requests[StorageOperation.Get], requests.Total).ShouldBe((3, 3, 3));
    }

    [Fact]
    public async Task A_read_can_be_cancelled_and_a_write_that_was_sent_cannot()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => Client(0).GetAsync("p", "r", cancelled.Token));
        await Should.ThrowAsync<OperationCanceledException>(() => Client(0).InsertAsync(Row("op-0"), cancelled.Token));
        (await _direct.GetAsync("p", "r", default)).ShouldBeNull();

        using var during = new CancellationTokenSource();
        _proxy.Choose((_, _) =>
        {
            during.Cancel();
            return WireFault.None;
        });

        (await Client(0).InsertAsync(Row("op-1"), during.Token)).ShouldBeOfType<TableOutcome.Done>();
    }

    /// <summary>Only where an answer is to hang is the time-out short: a slow machine is not a fault to test for.</summary>
    private TableClient Client(int retries, WireFault fault = WireFault.None) => AzuriteStorage.Table(
        fault == WireFault.Hang ? _options with { TryTimeout = TimeSpan.FromSeconds(1.5) } : _options, _name, new(retries, TimeSpan.FromMilliseconds(150)));

    private static TableEntity Row(string operation, string row = "r") => new TableEntity("p", row).With("Op", TableValue.Of(operation));

    private static ETag Tag(TableOutcome outcome) => outcome.ShouldBeOfType<TableOutcome.Done>().ETag;
}
