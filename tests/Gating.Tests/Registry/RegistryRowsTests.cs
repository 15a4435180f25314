using System.Text.Json.Nodes;
using Gating.Registry;
using Shouldly;
using Xunit;

namespace Gating.Tests.Registry;

public sealed class RegistryRowsTests
{
    private static readonly RegistryDocument Document = Seed.Whole().Read().Valid();

    public static TheoryData<string, string, string, string, string> BrokenRows => new()
    {
        { "an unknown kind", "robot", "r2", """{"version":1,"robot":{}}""", "unknown kind" },
        { "a later version", "policy", "default", """{"version":2,"policy":{"personQuotas":[]}}""", "2" },
        { "no version", "policy", "default", """{"policy":{"personQuotas":[]}}""", "nothing" },
        { "another kind inside", "policy", "default", """{"version":1,"app":{"personQuotas":[]}}""", "an unknown member" },
        { "broken JSON", "policy", "default", """{"version":1,""", "broken JSON" },
        { "another name", "policy", "strict", """{"version":1,"policy":{"personQuotas":[]}}""", "another name" },
        { "a member of tomorrow", "policy", "default", """{"version":1,"policy":{"personQuotas":[],"mood":"good"}}""", "an unknown member" },
    };

    [Fact]
    public void Rows_say_the_same_as_the_seed_they_came_from()
    {
        Document.Rows.Select(row => (row.Kind, row.Name)).ShouldBe(
        [
            ("app", "studio"), ("app", "other"),
            ("tool", "https://tools.example/face-swap"), ("tool", "https://tools.example"),
            ("issuer", "https://id.example"), ("issuer", "https://login.example/tenant/"),
            ("moderator", "eyes"), ("policy", "default"),
        ]);
        foreach (var row in Document.Rows)
        {
            JsonNode.Parse(row.Json)!["version"]!.GetValue<int>().ShouldBe(1);
        }

        JsonNode.DeepEquals(JsonNode.Parse(Document.Rows[0].Json)!["app"], Seed.Whole()["apps"]![0]).ShouldBeTrue();

        var again = RegistryReader.ReadRows(Document.Rows, RegistryMode.Production).Valid();

        again.Rows.ShouldBe(Document.Rows);
        again.PersonQuotas.ShouldBe(Document.PersonQuotas);
        again.Tools.SelectMany(tool => tool.Quotas).ShouldBe(Document.Tools.SelectMany(tool => tool.Quotas));
        again.Apps.SelectMany(app => app.Keys).ShouldBe(Document.Apps.SelectMany(app => app.Keys));
    }

    [Fact]
    public void No_rows_are_the_empty_registry() =>
        RegistryReader.ReadRows([], RegistryMode.Production).Valid().ShouldBe(RegistryDocument.Empty);

    [Fact]
    public void Rows_without_a_policy_are_half_a_registry() =>
        RegistryReader.ReadRows([.. Document.Rows.Where(row => row.Kind != "policy")], RegistryMode.Production)
            .Errors().Single().At.ShouldBe("/policy");

    [Theory]
    [MemberData(nameof(BrokenRows))]
    public void One_broken_row_refuses_all(string what, string kind, string name, string json, string seen)
    {
        var rows = Document.Rows.Where(row => row.Kind != "policy" || kind != "policy").Append(new(kind, name, json)).ToList();

        RegistryReader.ReadRows(rows, RegistryMode.Production).Errors().ShouldContain(error => error.Seen.Contains(seen), what);
    }

    [Fact]
    public void A_row_that_is_not_Unicode_refuses_all() =>
        RegistryReader.ReadRows([new("policy", "default", "{\"version\":1,\"policy\":\"\ud800\"}")], RegistryMode.Production).Errors().ShouldNotBeEmpty();

    [Fact]
    public void A_missing_row_leaves_its_references_dangling()
    {
        var errors = RegistryReader.ReadRows([.. Document.Rows.Where(row => row.Name != Seed.Tool)], RegistryMode.Production).Errors();

        errors.Select(error => error.At).ShouldBe(["/app/studio/tools/0", "/app/other/tools/0"]);
    }

    [Fact]
    public void A_row_read_in_production_does_not_trust_what_development_did()
    {
        var seed = Seed.Whole();
        seed.At("/issuers/1")["id"] = "http://127.0.0.1:5000";
        seed.At("/apps/1")["audiences"] = new JsonObject { ["http://127.0.0.1:5000"] = new JsonArray("a") };
        var rows = seed.Read(RegistryMode.Development).Valid().Rows;

        RegistryReader.ReadRows(rows, RegistryMode.Production).Errors().Single().At.ShouldBe("/issuer/http:~1~1127.0.0.1:5000/id");
    }

    [Fact]
    public void A_snapshot_finds_everything_by_name_and_keeps_its_plans()
    {
        var snapshot = Document.ToSnapshot(7, 100, DateTimeOffset.UnixEpoch);

        snapshot.Version.ShouldBe(7);
        snapshot.Issuers[Seed.Issuer].Name.ShouldBe("Identity");
        var plan = snapshot.PlanOf("studio", Seed.Tool).ShouldNotBeNull();
        plan.PolicyField.ShouldBe("\"day\";q=20;w=86400, \"burst\";q=5;w=60, \"app-month\";q=1000");
        (snapshot with { ReadAt = 200 }).PlanOf("studio", Seed.Tool).ShouldBeSameAs(plan);
        snapshot.PlanOf("other", Seed.Tool).ShouldNotBeSameAs(plan);
        snapshot.PlanOf("nobody", Seed.Tool).ShouldBeNull();
        snapshot.PlanOf("studio", "https://tools.example/none").ShouldBeNull();
    }
}
