using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every store of cursors must do.</summary>
public abstract class TaskCursorsContract
{
    protected abstract ValueTask<ITaskCursors> OpenAsync();

    [Fact]
    public async Task A_cursor_is_none_until_it_is_moved_and_then_what_it_was_moved_to_last()
    {
        var cursors = await OpenAsync();
        var (task, other) = (NewTask(), NewTask());

        (await cursors.ReadAsync(task, default)).ShouldBeNull();
        await cursors.MoveAsync(task, "01JDF", default);
        await cursors.MoveAsync(task, "01JDG", default);

        (await cursors.ReadAsync(task, default)).ShouldBe("01JDG");
        (await cursors.ReadAsync(other, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Of_many_who_move_it_at_once_one_wins_and_nobody_fails()
    {
        var cursors = await OpenAsync();
        var task = NewTask();
        string[] values = [.. Enumerable.Range(0, 8).Select(static i => $"v{i}")];

        await Task.WhenAll(values.Select(value => Task.Run(() => cursors.MoveAsync(task, value, default))));

        values.ShouldContain(await cursors.ReadAsync(task, default));
    }

    private static string NewTask() => $"task-{Guid.NewGuid():N}";
}
