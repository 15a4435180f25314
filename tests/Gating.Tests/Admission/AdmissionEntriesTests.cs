using System.Text;
using System.Text.Json;
using Gating.Admission;
using Gating.Ledger;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Admission;

/// <summary>The public part of admission entries, and its former version, which stays readable.</summary>
public sealed class AdmissionEntriesTests
{
    private const string First =
        """{"v":1,"app":"app","tool":"https://tools.test/face","iat":1780000000,"exp":1780000300,"jkt":"thumb","request":"ab12","registry":7,"charged":1780000000123,"windows":["00000000000000ff"],"details":{"type":"synthetic_media"}}""";

    [Theory]
    [InlineData("")]
    [InlineData("\"issuer\":\"https://issuer.test\",")]
    public void A_grant_of_either_version_is_read_back(string issuer)
    {
        var json = issuer.Length == 0 ? First : First.Replace("\"v\":1", "\"v\":2", StringComparison.Ordinal).Replace("\"iat\"", issuer + "\"iat\"", StringComparison.Ordinal);
        var entry = GenerationEntriesTests.EntryOf(EntryKind.Granted, Encoding.ASCII.GetBytes(json));

        var (terms, fingerprint) = AdmissionEntries.ReadGranted(entry);
        (terms.App, terms.Resource, terms.KeyThumbprint, fingerprint).ShouldBe(("app", "https://tools.test/face", "thumb", "ab12"));
        (terms.IssuedAt.ToUnixTimeSeconds(), terms.ExpiresAt.ToUnixTimeSeconds()).ShouldBe((1780000000, 1780000300));
        Encoding.UTF8.GetString(terms.Details.Span).ShouldBe("""{"type":"synthetic_media"}""");
        var charge = AdmissionEntries.ReadCharge(entry);
        (charge.At.ToUnixTimeMilliseconds(), charge.Ids.ShouldHaveSingleItem()).ShouldBe((1780000000123, 255UL));
    }

    [Fact]
    public async Task Where_its_status_is_published_is_read_back_and_refusals_have_no_place()
    {
        var gate = new GateFixture();
        var terms = (await gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>().Terms;
        (await gate.AskAsync(static request => request with { Resource = GateFixture.OtherTool })).ShouldBeOfType<AdmissionDecision.Refused>();

        var entries = await gate.EntriesAsync();
        AdmissionEntries.ReadGranted(entries[0]).Terms.Status.ShouldBe(terms.Status.ShouldNotBeNull());
        Encoding.ASCII.GetString(entries[1].Public.Span).ShouldNotContain("status");
    }

    [Fact]
    public void A_later_version_is_refused_by_its_number() =>
        Should.Throw<UnknownVersionException>(static () => AdmissionEntries.ReadGranted(GenerationEntriesTests.EntryOf(EntryKind.Granted, "{\"v\":7}"u8.ToArray()))).Version.ShouldBe(7);

    [Fact]
    public async Task Grants_and_refusals_name_their_issuer_in_public_and_the_person_does_not_appear()
    {
        var gate = new GateFixture();
        (await gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>();
        (await gate.AskAsync(static request => request with { Resource = GateFixture.OtherTool })).ShouldBeOfType<AdmissionDecision.Refused>();

        var entries = await gate.EntriesAsync();
        entries.Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Refused]);
        foreach (var entry in entries)
        {
            using var json = JsonDocument.Parse(entry.Public);
            json.RootElement.EnumerateObject().Take(4).Select(static member => member.Name).ShouldBe(["v", "app", "tool", "issuer"]);
            (json.RootElement.GetProperty("v").GetInt32(), json.RootElement.GetProperty("issuer").GetString()).ShouldBe((3, GateFixture.Issuer));
            Encoding.ASCII.GetString(entry.Public.Span).ShouldNotContain("alice");
        }
    }
}
