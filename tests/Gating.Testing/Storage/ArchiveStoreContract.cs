using System.Security.Cryptography;
using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every archive must do.</summary>
public abstract class ArchiveStoreContract
{
    /// <summary>Characters of a ContentId that say its millisecond.</summary>
    private const int Together = 10;

    protected abstract ValueTask<IArchiveStore> OpenAsync();

    [Fact]
    public async Task A_file_that_nobody_kept_is_not_found()
    {
        var store = await OpenAsync();

        (await store.FindAsync(ContentId.Create(DateTimeOffset.UtcNow), default)).ShouldBeNull();
        (await store.OpenAsync(ContentId.Create(DateTimeOffset.UtcNow), 0, 1, default)).ShouldBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1024 * 1024)]
    [InlineData((3 * 1024 * 1024) + 1)]
    public async Task A_file_comes_back_as_it_was_whole_and_in_parts(int length)
    {
        var store = await OpenAsync();
        var (file, bytes) = NewFile(length);

        (await KeepAsync(store, file, bytes)).ShouldBeOfType<StoreOutcome.Stored>();

        (await store.FindAsync(file.Content, default)).ShouldBe(file);
        (await ReadAsync(store, file.Content, 0, length)).ShouldBe(bytes);
        (await ReadAsync(store, file.Content, length / 2, length - (length / 2))).ShouldBe(bytes[(length / 2)..]);
    }

    [Fact]
    public async Task A_file_is_never_replaced_and_a_second_writer_hears_what_is_there()
    {
        var store = await OpenAsync();
        var (file, bytes) = NewFile(1000);
        await KeepAsync(store, file, bytes);
        var (other, otherBytes) = NewFile(500);

        (await KeepAsync(store, other with { Content = file.Content }, otherBytes)).ShouldBe(new StoreOutcome.Exists(file));

        (await ReadAsync(store, file.Content, 0, 1000)).ShouldBe(bytes);
    }

    [Fact]
    public async Task Of_many_writers_of_one_name_one_wins_and_its_file_is_whole()
    {
        var store = await OpenAsync();
        var content = ContentId.Create(DateTimeOffset.UtcNow);
        var files = Enumerable.Range(0, 8).Select(_ => NewFile((2 * 1024 * 1024) + 1)).Select(one => (File: one.File with { Content = content }, one.Bytes)).ToArray();

        var outcomes = await Task.WhenAll(files.Select(one => Task.Run(() => KeepAsync(store, one.File, one.Bytes))));

        var winner = files[Array.FindIndex(outcomes, static outcome => outcome is StoreOutcome.Stored)];
        outcomes.Count(static outcome => outcome is StoreOutcome.Stored).ShouldBe(1);
        outcomes.OfType<StoreOutcome.Exists>().ShouldAllBe(exists => exists.File == winner.File);
        (await ReadAsync(store, content, 0, winner.Bytes.Length)).ShouldBe(winner.Bytes);
    }

    [Fact]
    public async Task Files_are_listed_by_what_their_names_begin_with_in_order_page_by_page_with_their_references()
    {
        var store = await OpenAsync();
        var names = await KeepTogetherAsync(store, 5);

        var (files, pages, continuation) = (new List<KeptFile>(), 0, (string?)null);
        do
        {
            var page = await store.ListAsync(names[0][..Together], continuation, 2, default);
            page.Files.Count.ShouldBeLessThanOrEqualTo(2);
            files.AddRange(page.Files);
            continuation = page.Continuation;
        }
        while (continuation is not null && ++pages < 10);

        files.Select(static file => file.Name).ShouldBe(names);
        files.ShouldAllBe(file => file.Reference == "reference-of-" + file.Name && file.LockedUntil == null);
        (await store.LookAsync(names[2], default)).ShouldBe(files[2]);
        (await store.ListAsync("0ZZZZZZZZZ", null, 2, default)).Files.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_is_deleted_once_and_by_its_token_alone()
    {
        var store = await OpenAsync();
        var (file, bytes) = NewFile(1000);
        await KeepAsync(store, file, bytes);
        var listed = (await store.LookAsync(file.Content.Text, default))!;

        (await store.DeleteAsync(listed with { Token = "\"0x8D0000000000000\"" }, default)).ShouldBe(DeleteOutcome.Changed);
        (await ReadAsync(store, file.Content, 0, 1000)).ShouldBe(bytes);
        (await store.DeleteAsync((await store.ListAsync(file.Content.Text, null, 1, default)).Files.ShouldHaveSingleItem(), default)).ShouldBe(DeleteOutcome.Gone);
        (await store.DeleteAsync(listed, default)).ShouldBe(DeleteOutcome.Gone);

        (await store.FindAsync(file.Content, default)).ShouldBeNull();
        (await store.LookAsync(file.Content.Text, default)).ShouldBeNull();
        (await store.ListAsync(file.Content.Text, null, 1, default)).Files.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_due_is_found_when_its_time_is_over_and_not_before()
    {
        var store = await OpenAsync();
        var (file, bytes) = NewFile(10);
        await KeepAsync(store, file, bytes);

        (await DueAsync(store, file.RetainUntil.AddSeconds(-1))).ShouldNotContain(file.Content.Text);
        (await DueAsync(store, file.RetainUntil)).ShouldContain(file.Content.Text);
        await store.DeleteAsync((await store.LookAsync(file.Content.Text, default))!, default);
        (await DueAsync(store, file.RetainUntil)).ShouldNotContain(file.Content.Text);
    }

    [Fact]
    public async Task An_upload_that_is_given_up_leaves_no_file()
    {
        var store = await OpenAsync();
        var (file, bytes) = NewFile(1000);
        using var late = new CancellationTokenSource();
        await late.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => store.StoreAsync(file, "reference", new MemoryStream(bytes), late.Token));

        (await store.FindAsync(file.Content, default)).ShouldBeNull();
    }

    private static async Task<List<string>> DueAsync(IArchiveStore store, DateTimeOffset by)
    {
        var (names, continuation) = (new List<string>(), (string?)null);
        do
        {
            var page = await store.FindDueAsync(by, continuation, 500, default);
            names.AddRange(page.Files);
            continuation = page.Continuation;
        }
        while (continuation is not null);

        return names;
    }

    // A moment of their own, so that nothing else in the store begins as they do.
    private static async Task<List<string>> KeepTogetherAsync(IArchiveStore store, int count)
    {
        var at = DateTimeOffset.UnixEpoch.AddMilliseconds(RandomNumberGenerator.GetInt32(int.MaxValue));
        var names = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var (file, bytes) = NewFile(10);
            file = file with { Content = ContentId.Create(at) };
            await KeepAsync(store, file, bytes);
            names.Add(file.Content.Text);
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private static Task<StoreOutcome> KeepAsync(IArchiveStore store, ArchivedFile file, byte[] bytes) => store.StoreAsync(file, "reference-of-" + file.Content.Text, new MemoryStream(bytes), default);

    private static async Task<byte[]> ReadAsync(IArchiveStore store, ContentId content, long offset, long length)
    {
        await using var stream = (await store.OpenAsync(content, offset, length, default)).ShouldNotBeNull();
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private static (ArchivedFile File, byte[] Bytes) NewFile(int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);
        var digest = EntryHash.FromBytes(SHA256.HashData(bytes));
        return (new(ContentId.Create(DateTimeOffset.UtcNow), "image/png", length, EntryHash.FromBytes(RandomNumberGenerator.GetBytes(EntryHash.Size)), digest, new(2027, 6, 1, 12, 0, 0, TimeSpan.Zero)), bytes);
    }
}
