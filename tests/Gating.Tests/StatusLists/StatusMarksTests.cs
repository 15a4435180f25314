using Gating.StatusLists;
using Gating.Testing;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.StatusLists;

public sealed class StatusMarksTests
{
    private static readonly StatusListId Id = new(new(0, 7));

    private readonly InMemoryStatusListStore _store = new();
    private readonly ManualTime _time = ManualTime.Running();

    [Fact]
    public async Task Marks_of_many_instances_at_once_are_all_there()
    {
        await AddAsync();
        StatusMarks[] instances = [New(), New(), New()];

        await Task.WhenAll(Enumerable.Range(0, 600).Select(i => Task.Run(() => instances[i % 3].InvalidateAsync([new(Id, i * 100)], default))));

        (await MarkedAsync()).ShouldBe(Enumerable.Range(0, 600).Select(static i => i * 100));
    }

    [Fact]
    public async Task Marks_that_come_while_one_is_written_share_the_next_write()
    {
        await AddAsync();
        var (marks, hold) = (New(), _store.Faults.HoldNext(StoreCall.ReplaceStatusList));
        var first = marks.InvalidateAsync([new(Id, 0)], default);
        await hold.Reached;
        var others = Enumerable.Range(1, 50).Select(i => marks.InvalidateAsync([new(Id, i)], default)).ToArray();
        hold.Release();
        await Task.WhenAll([first, .. others]);

        _store.Faults.Calls(StoreCall.ReplaceStatusList).ShouldBe(2);
        (await MarkedAsync()).ShouldBe(Enumerable.Range(0, 51));
    }

    [Fact]
    public async Task What_is_marked_already_is_read_and_not_written()
    {
        await AddAsync();
        await New().InvalidateAsync([new(Id, 5)], default);
        await New().InvalidateAsync([new(Id, 5)], default);

        _store.Faults.Calls(StoreCall.ReplaceStatusList).ShouldBe(1);
    }

    [Fact]
    public async Task A_list_that_is_gone_was_of_grants_that_are_over()
    {
        await New().InvalidateAsync([new(Id, 5)], default);

        (await _store.ReadAsync(Id, default)).ShouldBeNull();
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.Duplicate)]
    public async Task Whatever_storage_does_who_was_told_yes_is_marked_and_the_same_again_ends_well(Fault fault)
    {
        await AddAsync();
        for (var nth = 1L; nth <= 2; nth++)
        {
            var marks = New();
            _store.Faults.OnAny(fault, nth);
            var told = await Record.ExceptionAsync(() => marks.InvalidateAsync([new(Id, (int)nth)], default));
            (told is StorageUnavailableException).ShouldBe(fault is not Fault.Duplicate, $"{nth}: {told}");
            _store.Faults.Revive().ShouldBeTrue();
            await marks.InvalidateAsync([new(Id, (int)nth)], default);
            (await MarkedAsync()).ShouldContain((int)nth);
        }
    }

    [Fact]
    public async Task A_list_that_others_change_all_the_time_is_not_waited_for_for_ever()
    {
        await AddAsync();
        var hold = _store.Faults.HoldNext(StoreCall.ReplaceStatusList);
        var marking = New().InvalidateAsync([new(Id, 1)], default);
        while (await Task.WhenAny(marking, hold.Reached) != marking)
        {
            // Whoever marks has read, and is overtaken before he writes.
            var stored = (await _store.ReadAsync(Id, default))!;
            await _store.ReplaceAsync(stored.List, stored.Token, default);
            _time.Pass(TimeSpan.FromMilliseconds(500));
            var next = _store.Faults.HoldNext(StoreCall.ReplaceStatusList);
            hold.Release();
            hold = next;
        }

        await Should.ThrowAsync<StorageUnavailableException>(marking);
    }

    private StatusMarks New() => new(_store, _time);

    private Task<bool> AddAsync() => _store.AddAsync(new(Id, new("app", "tool", "issuer"), new(17_700_000), 1, StatusBits.AllValid), default);

    private async Task<IEnumerable<int>> MarkedAsync()
    {
        var bits = (await _store.ReadAsync(Id, default))!.List.Compressed;
        return Enumerable.Range(0, StatusList.Size).Where(place => !StatusBits.IsValid(bits, place));
    }
}
