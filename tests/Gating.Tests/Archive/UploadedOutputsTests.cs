using System.Text;
using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;
using Gating.Messages;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Archive;

/// <summary>What is done about a message that a file has come in, and what is said of the output meanwhile.</summary>
public sealed class UploadedOutputsTests
{
    private readonly GenerationFixture _world = new();

    [Fact]
    public async Task A_file_that_was_put_and_announced_is_taken_once_however_often_its_message_comes()
    {
        var generation = await _world.BeginAsync();
        (await _world.StateAsync(generation)).ShouldBeOfType<OutputState.Awaited>();
        var message = await _world.UploadAsync(generation, GenerationFixture.Png(1));
        (await _world.StateAsync(generation)).ShouldBeOfType<OutputState.Awaited>();
        for (var i = 0; i < 3; i++)
        {
            (await _world.DeliverAsync(message)).ShouldBeOfType<MessageOutcome.Done>();
            await _world.ShouldBeTakenOnceAsync(generation);
            _world.Restart();
        }

        (await _world.HandInAsync(generation, GenerationFixture.Png(1))).ShouldBeOfType<ArchiveOutcome.Archived>().Replayed.ShouldBeTrue();
    }

    [Fact]
    public async Task The_event_names_the_app_and_the_output_and_carries_nothing_but_the_upload()
    {
        var generation = await _world.BeginAsync();
        var uploaded = CloudEvent.Parse(await _world.UploadAsync(generation, GenerationFixture.Png(1)), out var problem).ShouldNotBeNull(problem);
        (uploaded.Source, uploaded.Type).ShouldBe(("app", "gating.output.uploaded"));
        uploaded.Subject.ShouldBe($"{_world.Handles.OfGeneration("app", generation.Person, generation.Seq)}/outputs/1");
        Encoding.UTF8.GetString(uploaded.Data.Span).ShouldBe($$"""{"upload":"{{_world.Handles.OfUpload("app", generation.Person, generation.Seq, 1, false)}}"}""");
    }

    [Fact]
    public async Task An_address_is_good_for_an_hour_in_whole_seconds_and_never_past_the_generation()
    {
        var generation = await _world.BeginAsync();
        var first = await _world.BeginUploadAsync(generation);
        first.MaxBytes.ShouldBe(1_000_000);
        first.Expires.ShouldBeInRange(_world.Gate.Time.GetUtcNow().AddMinutes(59), _world.Gate.Time.GetUtcNow().AddHours(1));
        first.Expires.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(first.Expires.ToUnixTimeSeconds()));
        _world.Gate.Time.Pass(Generation.Open - TimeSpan.FromMinutes(10));
        (await _world.BeginUploadAsync(generation)).Expires.ShouldBeInRange(generation.Until.AddSeconds(-1), generation.Until);
    }

    [Fact]
    public async Task A_message_before_its_file_comes_again()
    {
        var generation = await _world.BeginAsync();
        var terms = await _world.BeginUploadAsync(generation);
        var early = UploadFixture.Message(terms.Id);
        (await _world.DeliverAsync(early)).ShouldBeOfType<MessageOutcome.NotYet>();
        var (awaited, _) = await _world.Archiver.AwaitAsync("app", generation.Person, generation.Seq, 1, default);
        (await _world.Uploads.AnnounceAsync(awaited!, terms.Id, default)).ShouldBeFalse();
        _world.Queues.Waiting(QueueNames.Outputs).ShouldBeEmpty();
        _world.Incoming.Put(generation.Contents[0], GenerationFixture.Png(1));
        (await _world.DeliverAsync(early)).ShouldBeOfType<MessageOutcome.Done>();
        await _world.ShouldBeTakenOnceAsync(generation);
    }

    [Fact]
    public async Task Whoever_writes_to_the_queue_can_do_no_more_than_the_upload_id_proves()
    {
        var (generation, other) = (await _world.BeginAsync(), await _world.BeginAsync());
        _world.Incoming.Put(generation.Contents[0], GenerationFixture.Png(1));
        var id = _world.Handles.OfUpload("app", generation.Person, generation.Seq, 1, false);
        var forged = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["another app's"] = _world.Handles.OfUpload("other", generation.Person, generation.Seq, 1, false),
            ["altered"] = (id[0] == 'A' ? 'B' : 'A') + id[1..],
            ["cut"] = id[..^1],
            ["a generation"] = _world.Handles.OfGeneration("app", generation.Person, generation.Seq),
            ["long"] = new('A', 400),
            ["none"] = "",
        };
        foreach (var (what, upload) in forged)
        {
            (await _world.DeliverAsync(UploadFixture.Message(upload))).ShouldBeOfType<MessageOutcome.Refused>(what).Reason.ShouldBe("upload_unknown", what);
        }

        (await _world.DeliverAsync(UploadFixture.Message(id, source: "other"))).ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe("upload_unknown");

        // Sealed, and of an output that there is not, or an app that did not begin it.
        (await _world.DeliverAsync(UploadFixture.Message(_world.Handles.OfUpload("app", generation.Person, generation.Seq, 2, false)))).ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe("output_unknown");
        (await _world.DeliverAsync(UploadFixture.Message(forged["another app's"], source: "other"))).ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe("output_unknown");

        // Another generation's own id speaks of that one alone.
        (await _world.DeliverAsync(UploadFixture.Message(_world.Handles.OfUpload("app", other.Person, other.Seq, 1, false)))).ShouldBeOfType<MessageOutcome.NotYet>();
        (await _world.Gate.EntriesAsync()).ShouldNotContain(static entry => entry.Kind == EntryKind.Archived);
        _world.Incoming.Contents.ShouldBe([generation.Contents[0]]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"app","type":"gating.output.uploaded","data":{}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"app","type":"gating.output.uploaded","data":{"upload":1}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"app","type":"gating.output.uploaded","data":{"upload":"x","more":1}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"app","type":"gating.generation.begun","data":{"upload":"x"}}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"app","type":"gating.output.uploaded","data":{"upload":"x"}}}""")]
    public async Task What_is_no_such_event_is_set_aside(string message)
    {
        var refused = (await _world.DeliverAsync(Encoding.UTF8.GetBytes(message))).ShouldBeOfType<MessageOutcome.Refused>();
        refused.Reason.ShouldBe("message_malformed");
        refused.Detail.ShouldNotBeNullOrEmpty();
        _world.Faults.AllCalls.ShouldBe(0);
    }

    public static TheoryData<string, byte[], ArchiveRefusal> Refusals => new()
    {
        { "too large", new byte[1_000_001], ArchiveRefusal.TooLarge },
        { "empty", [], ArchiveRefusal.Empty },
        { "no file", "nothing"u8.ToArray(), ArchiveRefusal.LabelRefused },
        { "cut", GenerationFixture.Png(1)[..40], ArchiveRefusal.LabelRefused },
        { "another kind", "GIF89a\u0001\0\u0001\0\0\0\0,\0\0\0\0\u0001\0\u0001\0\0\u0002\u0002D\u0001\0;"u8.ToArray(), ArchiveRefusal.MediaTypeNotAllowed },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_file_that_is_not_taken_is_said_and_gone_and_another_can_be_put(string what, byte[] file, ArchiveRefusal reason)
    {
        var generation = await _world.BeginAsync();
        var message = await _world.UploadAsync(generation, file);
        for (var i = 0; i < 2; i++)
        {
            (await _world.DeliverAsync(message)).ShouldBeOfType<MessageOutcome.Refused>(what).Reason.ShouldBe(reason.Word());
            var state = (await _world.StateAsync(generation)).ShouldBeOfType<OutputState.Refused>().Why;
            state.Reason.ShouldBe(reason);
            _world.Incoming.Contents.ShouldBeEmpty();
            _world.Archive.Contents.ShouldBeEmpty();
            _world.Restart();
        }

        var second = await _world.UploadAsync(generation, GenerationFixture.Png(1));
        (await _world.StateAsync(generation)).ShouldBeOfType<OutputState.Awaited>();
        (await _world.DeliverAsync(second)).ShouldBeOfType<MessageOutcome.Done>();
        await _world.ShouldBeTakenOnceAsync(generation);
        (await _world.DeliverAsync(message)).ShouldBeOfType<MessageOutcome.Done>();
    }

    [Fact]
    public async Task Other_bytes_than_those_that_are_recorded_change_nothing()
    {
        var generation = await _world.BeginAsync();
        var message = await _world.UploadAsync(generation, GenerationFixture.Png(2));
        (await _world.HandInAsync(generation, GenerationFixture.Png(1))).ShouldBeOfType<ArchiveOutcome.Archived>();
        (await _world.DeliverAsync(message)).ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe("output_taken");
        await _world.ShouldBeTakenOnceAsync(generation);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_file_that_changes_before_one_of_its_parts_is_read_is_not_taken_and_what_is_there_then_is(int part)
    {
        _world.Gate.FirstTool["labelling"]!["maxBytes"] = 10_000_000;
        var generation = await _world.BeginAsync();
        var message = await _world.UploadAsync(generation, new byte[5_000_000]);
        var read = _world.Faults.HoldNext(StoreCall.ReadIncoming, part);
        var first = _world.DeliverAsync(message);
        await read.Reached;
        _world.Incoming.Replace(generation.Contents[0], GenerationFixture.Png(2));
        read.Release();
        (await first).ShouldBeOfType<MessageOutcome.NotYet>();
        (await _world.Gate.EntriesAsync()).ShouldNotContain(static entry => entry.Kind == EntryKind.Archived);

        _world.Incoming.Contents.ShouldBe([generation.Contents[0]], "the reader deleted what he did not read");
        (await _world.DeliverAsync(message)).ShouldBeOfType<MessageOutcome.Done>();
        (await _world.HandInAsync(generation, GenerationFixture.Png(2))).ShouldBeOfType<ArchiveOutcome.Archived>().Replayed.ShouldBeTrue();
        await _world.ShouldBeTakenOnceAsync(generation);
    }

    [Fact]
    public async Task What_is_put_while_the_last_one_is_taken_is_not_deleted_with_it()
    {
        var generation = await _world.BeginAsync();
        var message = await _world.UploadAsync(generation, GenerationFixture.Png(1));
        var delete = _world.Faults.HoldNext(StoreCall.DeleteIncoming);
        var first = _world.DeliverAsync(message);
        await delete.Reached;
        _world.Incoming.Replace(generation.Contents[0], GenerationFixture.Png(2));
        delete.Release();
        (await first).ShouldBeOfType<MessageOutcome.Done>();
        _world.Incoming.Contents.ShouldBe([generation.Contents[0]]);
        (await _world.DeliverAsync(message)).ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe("output_taken");
        await _world.ShouldBeTakenOnceAsync(generation);
    }

    [Fact]
    public async Task Delivered_many_times_at_once_it_is_taken_once()
    {
        var generation = await _world.BeginAsync();
        var message = await _world.UploadAsync(generation, GenerationFixture.Png(1));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => _world.DeliverAsync(message))));
        outcomes.ShouldAllBe(static outcome => outcome is MessageOutcome.Done || outcome is MessageOutcome.NotYet);
        outcomes.ShouldContain(static outcome => outcome is MessageOutcome.Done);
        (await _world.DeliverAsync(message)).ShouldBeOfType<MessageOutcome.Done>();
        await _world.ShouldBeTakenOnceAsync(generation);
    }

    [Fact]
    public async Task A_declaration_travels_with_the_upload()
    {
        _world.Gate.FirstTool["labelling"]!["explicit"] = "demanded";
        await _world.Gate.WriteRegistryAsync();
        var (silent, declared) = (await _world.BeginAsync(), await _world.BeginAsync());
        (await _world.DeliverAsync(await _world.UploadAsync(silent, GenerationFixture.Png(1)))).ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe("explicit_label_missing");
        (await _world.DeliverAsync(await _world.UploadAsync(declared, GenerationFixture.Png(1), declares: true))).ShouldBeOfType<MessageOutcome.Done>();
        (await _world.StateAsync(declared)).ShouldBeOfType<OutputState.Recorded>();
    }

    [Fact]
    public async Task What_was_put_in_time_is_taken_for_an_hour_more_and_not_after_it()
    {
        var (early, late) = (await _world.BeginAsync(), await _world.BeginAsync());
        var (first, second) = (await _world.UploadAsync(early, GenerationFixture.Png(1)), await _world.UploadAsync(late, GenerationFixture.Png(2)));
        _world.Gate.Time.Pass(Generation.Open + TimeSpan.FromMinutes(59));
        (await _world.HandInAsync(early, GenerationFixture.Png(1))).ShouldBe(new ArchiveOutcome.Refused(ArchiveRefusal.Closed));
        (await _world.StateAsync(early)).ShouldBeOfType<OutputState.Awaited>();
        (await _world.DeliverAsync(first)).ShouldBeOfType<MessageOutcome.Done>();

        _world.Gate.Time.Pass(TimeSpan.FromMinutes(2));
        (await _world.DeliverAsync(second)).ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe("generation_closed");
        (await _world.StateAsync(late)).ShouldBeOfType<OutputState.Refused>().Why.Reason.ShouldBe(ArchiveRefusal.Closed);

        // What is recorded is said for ever, also to a message that comes that late.
        (await _world.StateAsync(early)).ShouldBeOfType<OutputState.Recorded>();
        (await _world.DeliverAsync(first)).ShouldBeOfType<MessageOutcome.Done>();
    }

    [Fact]
    public async Task Nobody_but_the_app_that_began_it_hears_of_it()
    {
        var generation = await _world.BeginAsync();
        await _world.DeliverAsync(await _world.UploadAsync(generation, GenerationFixture.Png(1)));
        (await _world.StateAsync(generation, app: "other")).ShouldBeOfType<OutputState.Refused>().Why.Reason.ShouldBe(ArchiveRefusal.NotFound);
        (await _world.StateAsync(generation, number: 2)).ShouldBeOfType<OutputState.Refused>().Why.Reason.ShouldBe(ArchiveRefusal.NotFound);
    }

    [Fact]
    public async Task While_a_tool_offers_no_outputs_the_file_waits()
    {
        var generation = await _world.BeginAsync();
        var message = await _world.UploadAsync(generation, GenerationFixture.Png(1));
        var labelling = _world.Gate.FirstTool["labelling"]!.DeepClone();
        _world.Gate.FirstTool.AsObject().Remove("labelling");
        await _world.Gate.WriteRegistryAsync();
        _world.Restart();
        (await _world.DeliverAsync(message)).ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe("outputs_not_offered");
        _world.Incoming.Contents.ShouldBe([generation.Contents[0]]);
        _world.Gate.FirstTool["labelling"] = labelling;
        await _world.Gate.WriteRegistryAsync();
        _world.Restart();
        (await _world.DeliverAsync(message)).ShouldBeOfType<MessageOutcome.Done>();
        await _world.ShouldBeTakenOnceAsync(generation);
    }
}
