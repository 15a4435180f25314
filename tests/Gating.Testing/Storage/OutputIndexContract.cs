using System.Security.Cryptography;
using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every index must do.</summary>
public abstract class OutputIndexContract
{
    protected abstract ValueTask<IOutputIndex> OpenAsync();

    [Fact]
    public async Task What_nobody_added_is_not_found()
    {
        var index = await OpenAsync();

        (await index.FindAsync(ContentId.Create(DateTimeOffset.UtcNow), default)).ShouldBeNull();
        (await index.FindAsync(NewDigest(), 10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_output_is_found_by_its_number_and_by_each_of_its_digests_however_often_it_is_added()
    {
        var index = await OpenAsync();
        var (content, place) = (ContentId.Create(DateTimeOffset.UtcNow), new OutputPlace(StreamId.Create(), 7));
        EntryHash[] digests = [NewDigest(), NewDigest()];

        await index.AddAsync(content, place, digests, null, default);
        await index.AddAsync(content, place, digests, null, default);

        (await index.FindAsync(content, default)).ShouldBe(place);
        foreach (var digest in digests)
        {
            (await index.FindAsync(digest, 10, default)).ShouldBe([content]);
        }
    }

    [Fact]
    public async Task Outputs_of_one_digest_come_the_earliest_first_and_as_many_as_asked_for()
    {
        var index = await OpenAsync();
        var digest = NewDigest();
        var contents = Enumerable.Range(0, 5).Select(i => ContentId.Create(DateTimeOffset.UtcNow.AddSeconds(i))).ToArray();
        foreach (var content in contents.Reverse())
        {
            await index.AddAsync(content, new(StreamId.Create(), 1), [digest, digest], null, default);
        }

        (await index.FindAsync(digest, 3, default)).ShouldBe(contents[..3]);
        (await index.FindAsync(digest, 10, default)).ShouldBe(contents);
    }

    [Fact]
    public async Task An_output_is_found_by_each_band_of_its_look_the_earliest_first_and_as_many_as_asked_for()
    {
        var index = await OpenAsync();
        var bands = Enumerable.Range(0, 3).Select(static _ => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4))).ToArray();
        var (look, turned) = (new OutputLook("a look", bands[..2]), new OutputLook("nearly that", [bands[0], bands[2]]));
        var contents = Enumerable.Range(0, 4).Select(i => ContentId.Create(DateTimeOffset.UtcNow.AddSeconds(i))).ToArray();
        foreach (var content in contents.Reverse())
        {
            await index.AddAsync(content, new(StreamId.Create(), 1), [], content == contents[0] ? turned : look, default);
            await index.AddAsync(content, new(StreamId.Create(), 1), [], content == contents[0] ? turned : look, default);
        }

        LookCandidate[] expected = [new(contents[0], "nearly that"), .. contents[1..].Select(static content => new LookCandidate(content, "a look"))];
        (await index.FindByBandAsync(bands[0], 10, default)).ShouldBe(expected);
        (await index.FindByBandAsync(bands[0], 2, default)).ShouldBe(expected[..2]);
        (await index.FindByBandAsync(bands[1], 10, default)).ShouldBe(expected[1..]);
        (await index.FindByBandAsync(bands[2], 10, default)).ShouldBe(expected[..1]);
        (await index.FindByBandAsync(bands[0] ^ 1, 10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_removed_of_an_output_is_not_found_and_others_are()
    {
        var index = await OpenAsync();
        var (gone, stays) = (ContentId.Create(DateTimeOffset.UtcNow), ContentId.Create(DateTimeOffset.UtcNow));
        var (digest, look) = (NewDigest(), new OutputLook("a look", [BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)), 7]));
        await index.AddAsync(gone, new(StreamId.Create(), 1), [digest], look, default);
        await index.AddAsync(stays, new(StreamId.Create(), 2), [digest], look, default);

        await index.RemoveAsync(gone, [digest, digest], look, default);
        await index.RemoveAsync(gone, [digest], look, default);

        (await index.FindAsync(gone, default)).ShouldBeNull();
        (await index.FindAsync(digest, 10, default)).ShouldBe([stays]);
        (await index.FindByBandAsync(look.Bands[0], 10, default)).ShouldBe([new LookCandidate(stays, "a look")]);
    }

    private static EntryHash NewDigest() => EntryHash.FromBytes(RandomNumberGenerator.GetBytes(EntryHash.Size));
}
