using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Admission;
using Gating.Identity.Jose;
using Gating.Registry;
using Gating.Testing.Jose;
using Gating.Tests.Admission;
using Shouldly;
using Xunit;

namespace Gating.Tests.Moderators;

/// <summary>Which moderation receipts open a tool that demands one.</summary>
public sealed class ModerationReceiptsTests
{
    private static readonly Dictionary<string, Func<GateFixture, string>> Invalid = new(StringComparer.Ordinal)
    {
        ["no JWS"] = static _ => "x",
        ["for another gate"] = static gate => gate.Receipt(static payload => payload.Text("aud", "https://other.test")),
        ["for two gates"] = static gate => gate.Receipt(static payload => payload.Set("aud", """["https://gate.test","https://other.test"]""")),
        ["for nobody"] = static gate => gate.Receipt(static payload => payload.Drop("aud")),
        ["of somebody who is not registered"] = static gate => gate.Receipt(static payload => payload.Text("iss", "ears")),
        ["of nobody"] = static gate => gate.Receipt(static payload => payload.Drop("iss")),
        ["without a time"] = static gate => gate.Receipt(static payload => payload.Drop("iat")),
        ["without a digest"] = static gate => gate.Receipt(static payload => payload.Drop("input_digest")),
        ["with a short digest"] = static gate => gate.Receipt(static payload => payload.Text("input_digest", "AAAA")),
        ["without rules"] = static gate => gate.Receipt(static payload => payload.Drop("rules")),
        ["with endless rules"] = static gate => gate.Receipt(static payload => payload.Text("rules", new('r', 129))),
        ["without a verdict"] = static gate => gate.Receipt(static payload => payload.Drop("verdict")),
        ["with a verdict of its own"] = static gate => gate.Receipt(static payload => payload.Text("verdict", "fine")),
        ["under a key of somebody else's"] = static gate => gate.Receipt(key: TestKey.Ec("eyes-1")),
        ["under a key that is not registered"] = static gate => gate.Receipt(key: TestKey.Ec("eyes-2")),
        ["of another type"] = static _ => Token("""{"typ":"JWT","alg":"ES256","kid":"eyes-1"}"""),
        ["of no type"] = static _ => Token("""{"alg":"ES256","kid":"eyes-1"}"""),
        ["without an algorithm"] = static _ => Token("""{"typ":"moderation-receipt+jwt","alg":"none","kid":"eyes-1"}"""),
        ["that brings its own key"] = static _ => Token($$"""{"typ":"moderation-receipt+jwt","alg":"ES256","kid":"eyes-1","jwk":{{GateFixture.Moderator.Jwk()}}}"""),
        ["cut off"] = static gate => gate.Receipt()[..^4],
    };

    public static TheoryData<string> Whats => [.. Invalid.Keys];

    [Theory]
    [MemberData(nameof(Whats))]
    public async Task One_is_refused(string what)
    {
        var gate = Demanding();
        (await AskAsync(gate, Invalid[what](gate))).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.ModerationInvalid);
    }

    [Fact]
    public async Task Under_a_key_that_is_stopped_it_opens_nothing()
    {
        var gate = Demanding();
        using var jwk = JsonDocument.Parse(GateFixture.Moderator.Jwk());
        var stop = await gate.StopKeyAsync(JwkThumbprint.Of(jwk.RootElement));
        await ShouldBeAsync(gate, gate.Receipt(), RefusalReason.ModerationInvalid);
        await gate.LiftAsync(stop);
        await ShouldBeAsync(gate, gate.Receipt(), null);
    }

    [Fact]
    public async Task A_good_one_opens_the_tool_and_the_entry_says_what_it_said()
    {
        var gate = Demanding();
        (await AskAsync(gate, gate.Receipt())).ShouldBeOfType<AdmissionDecision.Granted>();
        using var entry = JsonDocument.Parse((await gate.EntriesAsync())[0].Public);
        var recorded = entry.RootElement.GetProperty("moderation");
        (entry.RootElement.GetProperty("v").GetInt32(), recorded.GetProperty("moderator").GetString(), recorded.GetProperty("verdict").GetString(), recorded.GetProperty("rules").GetString()).ShouldBe((4, "eyes", "allowed", "2026-11"));
        recorded.GetProperty("receipt").GetString()!.Length.ShouldBe(64);
    }

    [Theory]
    [InlineData("allowed", false, null)]
    [InlineData("flagged", false, RefusalReason.ModerationRefused)]
    [InlineData("flagged", true, null)]
    [InlineData("blocked", true, RefusalReason.ModerationRefused)]
    public async Task A_verdict_is_worth_what_the_tool_says(string verdict, bool takesFlagged, RefusalReason? reason)
    {
        var gate = Demanding(new JsonObject { ["takesFlagged"] = takesFlagged });
        await ShouldBeAsync(gate, gate.Receipt(payload => payload.Text("verdict", verdict)), reason);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(59, null)]
    [InlineData(62, RefusalReason.ModerationStale)]
    [InlineData(-5, null)]
    [InlineData(-60, RefusalReason.ModerationStale)]
    public async Task It_is_as_fresh_as_the_tool_says_and_not_of_tomorrow(int seconds, RefusalReason? reason)
    {
        var gate = Demanding(new JsonObject { ["maxAgeSeconds"] = 60 });
        await ShouldBeAsync(gate, gate.Receipt(payload => payload.Number("iat", gate.Time.GetUtcNow().AddSeconds(-seconds).ToUnixTimeSeconds())), reason);
    }

    [Fact]
    public async Task Whose_word_counts_is_for_the_tool_and_the_registry_to_say()
    {
        var (gate, ears) = (Demanding(new JsonObject { ["moderators"] = new JsonArray("ears") }), TestKey.Ec("ears-1"));
        gate.Registry["moderators"]!.AsArray().Add((JsonNode)new JsonObject { ["id"] = "ears", ["name"] = "ears", ["status"] = "active", ["jwks"] = new JsonObject { ["keys"] = new JsonArray(JsonNode.Parse(ears.Jwk(static jwk => jwk.Text("alg", "ES256")))) } });
        await ShouldBeAsync(gate, gate.Receipt(), RefusalReason.ModerationInvalid);
        await ShouldBeAsync(gate, gate.Receipt(static payload => payload.Text("iss", "ears"), ears), null);

        // A key of one is no key of another.
        await ShouldBeAsync(gate, gate.Receipt(static payload => payload.Text("iss", "ears")), RefusalReason.ModerationInvalid);
        gate.Registry["moderators"]![1]!["status"] = "stopped";
        await gate.WriteRegistryAsync();
        gate.Time.Pass(RegistrySource.MaxAge);
        await ShouldBeAsync(gate, gate.Receipt(static payload => payload.Text("iss", "ears"), ears), RefusalReason.ModerationInvalid);
    }

    [Fact]
    public async Task Where_none_is_demanded_none_is_looked_at()
    {
        var gate = new GateFixture();
        (await AskAsync(gate, "x")).ShouldBeOfType<AdmissionDecision.Granted>();
    }

    private static GateFixture Demanding(JsonObject? terms = null)
    {
        var gate = new GateFixture();
        gate.FirstTool["demandsModeration"] = true;
        if (terms is not null)
        {
            gate.FirstTool["moderation"] = terms;
        }

        return gate;
    }

    private static string Token(string header) => GateFixture.Moderator.Token(
        header, $$"""{"iss":"eyes","aud":"https://gate.test","iat":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}},"input_digest":"{{GateFixture.InputDigest}}","verdict":"allowed","rules":"1"}""");

    private static async Task ShouldBeAsync(GateFixture gate, string receipt, RefusalReason? reason) =>
        ((await AskAsync(gate, receipt)) is AdmissionDecision.Refused refused ? refused.Refusal.Reason : (RefusalReason?)null).ShouldBe(reason);

    private static Task<AdmissionDecision> AskAsync(GateFixture gate, string receipt) =>
        gate.AskAsync(request => request with { Detail = request.Detail with { InputDigest = GateFixture.InputDigest, ModerationReceipt = receipt } });
}
