using System.Security.Cryptography;
using Gating.Archive;
using Gating.Generations;
using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every place for files that come in must do. What its addresses allow is each store's own to test.</summary>
public abstract class IncomingStoreContract
{
    protected abstract ValueTask<IIncomingStore> OpenAsync();

    /// <summary>As an app does it with its address; false where that is refused.</summary>
    protected abstract Task<bool> PutAsync(IIncomingStore store, ContentId content, byte[] bytes);

    [Fact]
    public async Task What_nobody_put_is_not_found_not_read_and_not_deleted()
    {
        var (store, content) = (await OpenAsync(), NewContent());

        (await store.FindAsync(content, default)).ShouldBeNull();
        (await store.ReadAsync(content, "1", 0, new byte[1], default)).ShouldBeFalse();
        (await store.FindNoteAsync(content, default)).ShouldBeNull();
        await store.DeleteAsync(content, "1", default);
    }

    [Fact]
    public async Task A_file_is_put_once_and_read_in_parts_under_its_token()
    {
        var (store, content, bytes) = (await OpenAsync(), NewContent(), RandomNumberGenerator.GetBytes(1000));
        (await PutAsync(store, content, bytes)).ShouldBeTrue();
        (await PutAsync(store, content, bytes[1..])).ShouldBeFalse();

        var file = (await store.FindAsync(content, default)).ShouldNotBeNull();
        file.Length.ShouldBe(1000);
        var read = new byte[1000];
        (await store.ReadAsync(content, file.Token, 0, read.AsMemory(0, 700), default)).ShouldBeTrue();
        (await store.ReadAsync(content, file.Token, 700, read.AsMemory(700), default)).ShouldBeTrue();
        read.ShouldBe(bytes);
    }

    [Fact]
    public async Task A_file_of_no_bytes_is_one()
    {
        var (store, content) = (await OpenAsync(), NewContent());
        (await PutAsync(store, content, [])).ShouldBeTrue();
        (await store.FindAsync(content, default)).ShouldNotBeNull().Length.ShouldBe(0);
    }

    [Fact]
    public async Task What_came_after_is_neither_read_nor_deleted_under_the_token_of_what_was_before()
    {
        var (store, content) = (await OpenAsync(), NewContent());
        await PutAsync(store, content, [1, 2, 3]);
        var first = (await store.FindAsync(content, default))!;
        await store.DeleteAsync(content, first.Token, default);
        (await store.FindAsync(content, default)).ShouldBeNull();
        (await PutAsync(store, content, [4, 5, 6])).ShouldBeTrue();

        (await store.ReadAsync(content, first.Token, 0, new byte[3], default)).ShouldBeFalse();
        await store.DeleteAsync(content, first.Token, default);

        var second = (await store.FindAsync(content, default)).ShouldNotBeNull();
        second.Token.ShouldNotBe(first.Token);
        (await store.ReadAsync(content, second.Token, 0, new byte[3], default)).ShouldBeTrue();
    }

    [Fact]
    public async Task The_last_note_counts_and_lies_beside_the_file()
    {
        var (store, content) = (await OpenAsync(), NewContent());
        await store.NoteAsync(content, new(ArchiveRefusal.Empty, null), default);
        (await store.FindNoteAsync(content, default)).ShouldBe(new(ArchiveRefusal.Empty, null));
        var last = new IncomingRefusal(ArchiveRefusal.LabelRefused, "(broken) Ü 页 ends.");
        await store.NoteAsync(content, last, default);

        (await store.FindNoteAsync(content, default)).ShouldBe(last);
        (await store.FindAsync(content, default)).ShouldBeNull();
        (await PutAsync(store, content, [1])).ShouldBeTrue();
    }

    [Fact]
    public async Task Everything_is_listed_and_each_is_deleted_by_its_own_token()
    {
        var (store, content, other) = (await OpenAsync(), NewContent(), NewContent());
        await PutAsync(store, content, [1]);
        await store.NoteAsync(content, new(ArchiveRefusal.Empty, null), default);
        await PutAsync(store, other, [1]);

        var items = await ListAsync(store, content, other);
        items.Count.ShouldBe(3);
        items.ShouldAllBe(static item => item.LastModified > DateTimeOffset.UtcNow.AddMinutes(-5) && item.LastModified < DateTimeOffset.UtcNow.AddMinutes(5));
        foreach (var item in items.Where(item => item.Content == content))
        {
            await store.DeleteAsync(content, item.Token, default);
        }

        (await store.FindAsync(content, default)).ShouldBeNull();
        (await store.FindNoteAsync(content, default)).ShouldBeNull();
        (await ListAsync(store, content, other)).ShouldHaveSingleItem().Content.ShouldBe(other);
    }

    private static async Task<List<IncomingItem>> ListAsync(IIncomingStore store, params ContentId[] ours)
    {
        var items = new List<IncomingItem>();
        await foreach (var item in store.ListAsync(default))
        {
            if (ours.Contains(item.Content))
            {
                items.Add(item);
            }
        }

        return items;
    }

    private static ContentId NewContent() => ContentId.Create(DateTimeOffset.UtcNow);
}
