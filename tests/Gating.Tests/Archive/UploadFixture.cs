using System.Text.Json.Nodes;
using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;
using Gating.Messages;
using Gating.Tests.Generations;
using Shouldly;

namespace Gating.Tests.Archive;

/// <summary>What an app and its queue do to have a large file taken, each step by itself.</summary>
internal static class UploadFixture
{
    /// <summary>The file's id and terms; nothing is put.</summary>
    public static async Task<UploadTerms> BeginUploadAsync(this GenerationFixture world, Generation generation, bool declares = false)
    {
        var (awaited, _) = await world.Archiver.AwaitAsync("app", generation.Person, generation.Seq, 1, default);
        return await world.Uploads.BeginAsync(awaited.ShouldNotBeNull(), declares, default);
    }

    /// <summary>Begun, put, and announced: the message.</summary>
    public static async Task<byte[]> UploadAsync(this GenerationFixture world, Generation generation, byte[] file, bool declares = false)
    {
        var terms = await world.BeginUploadAsync(generation, declares);
        world.Incoming.Put(generation.Contents[0], file).ShouldBeTrue();
        var (awaited, _) = await world.Archiver.AwaitAsync("app", generation.Person, generation.Seq, 1, default);
        (await world.Uploads.AnnounceAsync(awaited!, terms.Id, default)).ShouldBeTrue();
        return world.Queues.Waiting(QueueNames.Outputs)[^1];
    }

    public static Task<MessageOutcome> DeliverAsync(this GenerationFixture world, byte[] message) => world.Uploaded.HandleAsync(message, default);

    public static Task<OutputState> StateAsync(this GenerationFixture world, Generation generation, string app = "app", int number = 1) =>
        world.Uploads.StateAsync(app, generation.Person, generation.Seq, number, default);

    /// <summary>A message that says what it likes.</summary>
    public static byte[] Message(string upload, string source = "app", string type = OutputUploads.EventType) =>
        new CloudEvent("1", source, type, "of no account", null, new JsonObject { ["upload"] = upload }.ToJsonString().Select(static c => (byte)c).ToArray()).ToBytes();

    /// <summary>One file, one entry, nothing left of what came in, and its state says so.</summary>
    public static async Task ShouldBeTakenOnceAsync(this GenerationFixture world, Generation generation)
    {
        (await world.Gate.EntriesAsync()).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived]);
        world.Archive.Contents.ShouldBe([generation.Contents[0]]);
        world.Incoming.Contents.ShouldBeEmpty();
        var output = (await world.StateAsync(generation)).ShouldBeOfType<OutputState.Recorded>().Output;
        await world.IndexAsync();
        (await world.Index.FindAsync(generation.Contents[0], default)).ShouldBe(new OutputPlace(generation.Person, output.Seq));
        (await world.Index.FindAsync(output.File.SourceSha256, 9, default)).ShouldBe([generation.Contents[0]]);
        await world.ShouldBeAnnouncedAsync(generation.Person);
        await world.ShouldBeSoundAsync(generation.Person);
    }
}
