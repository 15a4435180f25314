using System.Security.Cryptography;
using System.Text;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Log.Notes;
using Gating.Log.Sealing;
using Gating.Messages;
using Gating.Testing;
using Gating.Testing.Log;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>Checkpoints under which real witnesses put their lines (C2SP tlog-witness), and what becomes of the log where they do not.</summary>
public sealed class LogWitnessTests : IAsyncLifetime
{
    private readonly GateWorldKeys _keys = new();
    private PlainWitness _one = null!;
    private PlainWitness _two = null!;
    private GateWorld _world = null!;

    public async Task InitializeAsync()
    {
        _one = await PlainWitness.StartAsync("witness.example/one", GateWorldKeys.Origin, _keys.Log);
        _two = await PlainWitness.StartAsync("witness.example/two", GateWorldKeys.Origin, _keys.Log);
        _world = await GateWorld.StartAsync(configure: Configure);
    }

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task Every_witness_cosigns_what_is_published_and_its_line_is_served_with_it()
    {
        for (var size = 1; size <= 6; size++)
        {
            await LogAsync("alice");
            (await CosignedAsync(_one, _two)).ShouldBe(size);
        }

        // From the first on they are told what they had: no answer but yes.
        _one.Answers.Count.ShouldBe(6);
        _one.Answers.Concat(_two.Answers).ShouldAllBe(static status => status == 200);

        // The log's own line is the first, and it is still what the sealer measures the next seal by.
        Lines(await NoteAsync())[0].ShouldStartWith($"— {GateWorldKeys.Origin} ");
        await _world.Services.GetRequiredService<LogSealer>().CheckAsync(default);
    }

    [Fact]
    public async Task An_instance_that_knows_nothing_of_its_witness_is_told_the_size_and_proves_from_there()
    {
        await LogAsync("alice", "bob", "carol");
        (await CosignedAsync(_one, _two)).ShouldBe(3);
        var instance = await StartOtherAsync();
        await LogAsync(instance, "dave", "erin");
        (await CosignedAsync(_one, _two)).ShouldBe(5);
        _one.Answers.ShouldBe([200, 409, 200]);
    }

    [Fact]
    public async Task A_witness_that_is_down_holds_up_neither_the_log_nor_the_other_witness_and_is_asked_again()
    {
        _two.Broken = 503;
        await LogAsync("alice");
        (await CosignedAsync(_one)).ShouldBe(1);
        await LogAsync("bob");
        (await CosignedAsync(_one)).ShouldBe(2);
        _two.Answers.ShouldContain(503);
        _two.Broken = null;
        (await CosignedAsync(_one, _two)).ShouldBe(2);
    }

    [Fact]
    public async Task A_witness_that_was_shown_another_tree_is_an_alarm_and_its_line_is_missing()
    {
        await LogAsync("alice", "bob");
        (await CosignedAsync(_one, _two)).ShouldBe(2);
        _two.Latest = (2, RandomNumberGenerator.GetBytes(32));
        await LogAsync("carol");
        (await CosignedAsync(_one)).ShouldBe(3);
        await Eventually.TrueAsync(() => _world.Logs.Lines.Any(static line => line.Contains(" 1338 Witness witness.example/two refuses the published checkpoint: the proof does not verify with the checkpoint of 2 leaves", StringComparison.Ordinal)));
        _two.Answers[^1].ShouldBe(422);
        Lines(await NoteAsync()).ShouldNotContain(static line => line.Contains("witness.example/two", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_that_does_not_verify_is_not_served()
    {
        _two.Lies = true;
        await LogAsync("alice");
        (await CosignedAsync(_one)).ShouldBe(1);
        await Eventually.TrueAsync(() => _world.Logs.Lines.Any(static line => line.Contains(" 1337 Witness witness.example/two has not cosigned: no cosignature in its answer verifies", StringComparison.Ordinal)));
        Lines(await NoteAsync()).ShouldNotContain(static line => line.Contains("witness.example/two", StringComparison.Ordinal));
    }

    private void Configure(WebApplicationBuilder builder) => builder.Configuration.AddInMemoryCollection(
    [
        new("Gating:Keys:LogCurrent", _keys.Secret),
        new("Gating:Log:Witnesses", $"{_one.Key} {_one.Address} {_two.Key} {_two.Address}/"),
    ]);

    /// <summary>Another instance, and the first one no longer asks witnesses for anybody: it publishes nothing more.</summary>
    private async Task<int> StartOtherAsync()
    {
        await _world.AddInstanceAsync(Configure);
        return 1;
    }

    private Task LogAsync(params string[] persons) => LogAsync(0, persons);

    private async Task LogAsync(int instance, params string[] persons)
    {
        foreach (var person in persons)
        {
            (await _world.Call(_world.IdToken(person), instance).SendAsync()).Status.ShouldBe(200);
        }

        // One message, or each would be a seal of its own, a second after the other.
        var references = (await _world.TakeMessagesAsync(QueueNames.Trace)).SelectMany(static message => TraceMessage.Read(message).References);
        (await _world.DeliverAsync(QueueNames.Trace, TraceMessage.Write([.. references]), instance)).ShouldBeOfType<MessageOutcome.Done>();
    }

    /// <summary>Waits until exactly those have cosigned what is served; its size. Whether a line is theirs their keys say.</summary>
    private async Task<long> CosignedAsync(params PlainWitness[] witnesses)
    {
        var keys = witnesses.Select(static witness => NoteKey.Parse(witness.Key).ShouldNotBeNull()).Append(_keys.Log).ToArray();
        await Eventually.TrueAsync(async () => SignedNote.Open(await NoteAsync(), keys) is NoteOutcome.Opened opened && opened.By.Length == keys.Length);
        var note = await NoteAsync();
        return long.Parse(Encoding.UTF8.GetString(note).Split('\n')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<byte[]> NoteAsync() => await _world.Http.GetByteArrayAsync(new Uri(_world.Addresses[0], "/log/checkpoint"));

    private static string[] Lines(byte[] note) => Encoding.UTF8.GetString(note).Split("\n\n")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The log's key, which its witnesses have to know before it starts.</summary>
    private sealed class GateWorldKeys
    {
        /// <summary>What a developer's log is called.</summary>
        public const string Origin = "localhost/log";

        public string Secret { get; } = Ed25519NoteSigner.Generate(Origin);

        public NoteKey Log => Ed25519NoteSigner.Parse(Secret)!.Key;
    }
}
