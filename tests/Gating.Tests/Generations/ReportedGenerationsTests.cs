using System.Text;
using System.Text.Json.Nodes;
using Gating.Generations;
using Gating.Grants;
using Gating.Ledger;
using Gating.Messages;
using Gating.Registry;
using Gating.Testing.Jose;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Generations;

/// <summary>Every call to storage while a report is taken from the queue goes wrong, each in each way: the message comes again, and there is one report.</summary>
public sealed class ReportedGenerationsTests
{
    private static readonly StoreCall[] Path = [StoreCall.ReadRegistry, StoreCall.ReadEntry, StoreCall.ReadHead, StoreCall.Commit, StoreCall.PutTrace];

    private readonly TestKey _key = TestKey.Ec("events-1");
    private readonly GenerationFixture _world = new();
    private readonly AppHandles _handles = new(new(new byte[OperatorKey.Size]));

    public ReportedGenerationsTests() => _world.Gate.Registry["apps"]![0]!["jwks"] = new JsonObject { ["keys"] = new JsonArray(JsonNode.Parse(_key.Jwk(static jwk => jwk.Text("alg", "ES256")))) };

    public static TheoryData<StoreCall, Fault> EveryFault
    {
        get
        {
            var data = new TheoryData<StoreCall, Fault>();
            foreach (var (call, fault) in Path.SelectMany(static call => Enum.GetValues<Fault>().Select(fault => (call, fault))))
            {
                data.Add(call, fault);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryFault))]
    public async Task A_message_that_comes_again_after_any_fault_has_one_effect(StoreCall call, Fault fault)
    {
        var generation = await _world.BeginAsync();
        var message = Message(generation, "finished");
        _world.Restart();
        var before = _world.Faults.Calls(call);
        _world.Faults.On(call, fault);
        var first = await GenerationFixture.TryAsync(() => TakeAsync(message));
        _world.Faults.Calls(call).ShouldBeGreaterThan(before, "the fault never met its call");
        (first ?? new MessageOutcome.Done()).ShouldBeOfType<MessageOutcome.Done>();
        _world.Gate.Time.Pass(RegistrySource.MaxAge);
        (await TakeAsync(message)).ShouldBeOfType<MessageOutcome.Done>();
        (await _world.Gate.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.Reported).ShouldBe(1);
        await _world.ShouldBeAnnouncedAsync(generation.Person);
        await _world.ShouldBeSoundAsync(generation.Person);
    }

    [Fact]
    public async Task Of_two_at_once_that_differ_one_is_recorded_and_the_other_refused()
    {
        var generation = await _world.BeginAsync();
        var outcomes = await Task.WhenAll(TakeAsync(Message(generation, "finished")), TakeAsync(Message(generation, "failed")));
        outcomes.OfType<MessageOutcome.Done>().ShouldHaveSingleItem();
        outcomes.OfType<MessageOutcome.Refused>().ShouldHaveSingleItem().Reason.ShouldBe("report_differs");
        (await _world.Gate.EntriesAsync()).Count(static entry => entry.Kind is EntryKind.Reported).ShouldBe(1);
    }

    [Fact]
    public async Task After_a_day_a_report_is_refused()
    {
        var generation = await _world.BeginAsync();
        _world.Gate.Time.Pass(TimeSpan.FromHours(24));
        (await TakeAsync(Message(generation, "finished"))).ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe("generation_closed");
    }

    private byte[] Message(Generation generation, string status)
    {
        var id = _handles.OfGeneration(generation.App, generation.Person, generation.Seq);
        var payload = $$$"""{"specversion":"1.0","id":"e","source":"{{{generation.App}}}","type":"{{{ReportedGenerations.Type}}}","subject":"{{{id}}}","data":{"status":"{{{status}}}"}}""";
        return Encoding.ASCII.GetBytes(_key.Token("""{"alg":"ES256","typ":"cloudevent+jws","kid":"events-1"}""", payload));
    }

    private Task<MessageOutcome> TakeAsync(byte[] message) => new ReportedGenerations(
        new RegistrySource(_world.Gate.RegistryStore, _world.Gate.Time, RegistryMode.Production), _handles, new GenerationReporter(_world.Gate.Store, _world.Appender, _world.Gate.Time))
        .HandleAsync(message, default);
}
