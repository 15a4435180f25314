using System.Text.Json.Nodes;
using Gating.Registry;
using Shouldly;
using Xunit;

namespace Gating.Tests.Registry;

/// <summary>The schema and the reader are written apart; these tests hold them together.</summary>
public sealed class SchemaTests
{
    private static readonly JsonObject Schema = (JsonObject)JsonNode.Parse(RegistrySchema.ToUtf8())!;

    public static TheoryData<string> Broken => [.. BrokenSeeds.All.Select(broken => broken.What)];

    /// <summary>Each object of the seed, and the object in the schema that describes it.</summary>
    public static TheoryData<string, string> Objects => new()
    {
        { "", "" },
        { "/apps/0", "/$defs/app" },
        { "/apps/0/jwks", "/$defs/jwks" },
        { "/apps/0/jwks/keys/0", "/$defs/key/oneOf/0" },
        { "/apps/0/jwks/keys/1", "/$defs/key/oneOf/1" },
        { "/tools/0", "/$defs/tool" },
        { "/tools/0/dossier", "/$defs/tool/properties/dossier" },
        { "/tools/0/assurance", "/$defs/tool/properties/assurance" },
        { "/tools/0/labelling", "/$defs/labelling" },
        { "/tools/0/quotas/0", "/$defs/quota/oneOf/0" },
        { "/tools/0/quotas/1", "/$defs/quota/oneOf/1" },
        { "/tools/0/quotas/2", "/$defs/quota/oneOf/2" },
        { "/issuers/0", "/$defs/issuer" },
        { "/issuers/0/assuranceRules/0", "/$defs/assuranceRule" },
        { "/issuers/0/acrValues", "/$defs/issuer/properties/acrValues" },
        { "/issuers/0/roles", "/$defs/roles" },
        { "/issuers/0/signals", "/$defs/signals" },
        { "/tools/1/moderation", "/$defs/tool/properties/moderation" },
        { "/moderators/0", "/$defs/moderator" },
        { "/policy", "/$defs/policy" },
    };

    [Fact]
    public void The_whole_seed_is_good_by_the_schema_too() => SchemaEvaluation.IsValid(Schema, Seed.Whole()).ShouldBeTrue();

    [Theory]
    [MemberData(nameof(Broken))]
    public void Schema_and_reader_agree_on_what_a_schema_can_say(string what)
    {
        var broken = BrokenSeeds.All.Single(one => one.What == what);
        var seed = Seed.Whole();
        broken.Break(seed);

        SchemaEvaluation.IsValid(Schema, seed).ShouldBe(!broken.BySchema);
    }

    [Theory]
    [MemberData(nameof(Objects))]
    public void The_reader_knows_the_members_of_the_schema_and_no_others(string instance, string definition)
    {
        var members = Schema.At(definition)["properties"]!.AsObject().Select(member => member.Key).ToList();
        var seed = Seed.Whole();
        seed.At(instance)["no-such-member"] = 1;

        seed.Read().Errors().Single(error => error.At == instance + "/no-such-member").Allowed.Split(", ").ShouldBe(members, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Objects))]
    public void What_the_schema_requires_the_reader_requires(string instance, string definition)
    {
        var required = Schema.At(definition)["required"]?.AsArray().Select(member => member!.ToString()).ToHashSet() ?? [];
        foreach (var member in Seed.Whole().At(instance).Select(member => member.Key))
        {
            var seed = Seed.Whole();
            seed.At(instance).Remove(member);

            var missing = seed.Read() is RegistryReading.Invalid invalid && invalid.Errors.Any(error => error.At == $"{instance}/{member}");
            missing.ShouldBe(required.Contains(member), $"{instance}/{member}");
        }
    }

    [Fact]
    public void Every_object_of_the_schema_is_closed_and_compared()
    {
        var closed = Closed(Schema, "").ToList();

        closed.ShouldBe(Objects.Select(row => (string)((object[])row)[1]), ignoreOrder: true);
    }

    private static IEnumerable<string> Closed(JsonNode? node, string pointer)
    {
        if (node is JsonArray list)
        {
            return list.SelectMany((item, index) => Closed(item, $"{pointer}/{index}"));
        }

        if (node is not JsonObject schema)
        {
            return [];
        }

        var inner = schema.SelectMany(member => Closed(member.Value, $"{pointer}/{member.Key}"));
        return schema["additionalProperties"] is JsonValue ? inner.Prepend(pointer) : inner;
    }
}
