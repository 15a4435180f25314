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

    private static Task<StoreOutcome> KeepAsync(IArchiveStore store, ArchivedFile file, byte[] bytes) => store.StoreAsync(file, new MemoryStream(bytes), default);

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
