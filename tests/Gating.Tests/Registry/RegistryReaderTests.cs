using System.Text;
using System.Text.Json.Nodes;
using Gating.Identity;
using Gating.Registry;
using Gating.Usage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Registry;

public sealed class RegistryReaderTests
{
    public static TheoryData<string> Broken => [.. BrokenSeeds.All.Select(broken => broken.What)];

    [Fact]
    public void The_whole_seed_is_read_member_by_member()
    {
        var document = Seed.Whole().Read().Valid();

        document.Apps.Select(app => app.Id).ShouldBe(["studio", "other"]);
        var app = document.Apps[0];
        app.Status.ShouldBe(RegistryStatus.Active);
        app.SecretDigests.Select(digest => Convert.ToHexStringLower(digest.Span)).ShouldBe(
            ["7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed", "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"]);
        app.Keys.Select(key => (key.KeyId, key.Algorithm)).ShouldBe([("ec-1", "ES256"), ("rsa-1", "PS256")]);
        app.Audiences[Seed.Issuer].ShouldBe(["studio-web", "studio-ios"]);
        app.Tools.ShouldBe([Seed.Tool]);

        var tool = document.Tools[0];
        tool.Dossier.ShouldBe(new Dossier("网信算备110108", new(2027, 1, 31), new(2028, 2, 29)));
        tool.Assurance.ShouldBe(new AssuranceDemand(AssuranceLevel.Substantial, TimeSpan.FromDays(365)));
        (tool.DemandsDpop, tool.DemandsConsent, tool.Moderation is not null).ShouldBe((true, true, false));
        (tool.MaxUnits, tool.GrantLifetime).ShouldBe((10, TimeSpan.FromMinutes(5)));
        tool.Quotas.ShouldBe(
        [
            new Quota.Calendar("day", QuotaScope.AppPersonTool, 20, CalendarPeriod.Day),
            new Quota.Rolling("rolling", QuotaScope.PersonTool, 30, TimeSpan.FromHours(1)),
            new Quota.Burst("burst", QuotaScope.AppPersonTool, 5, TimeSpan.FromMinutes(1)),
        ]);
        document.Tools[1].Dossier.ShouldBe(new Dossier(null, null, null));
        document.PersonQuotas.Select(quota => quota.Scope).ShouldBe([QuotaScope.Person, QuotaScope.AppPerson]);

        var issuer = document.Issuers[0];
        issuer.Discovery.ShouldBe(new("https://id.example/meta"));
        issuer.Algorithms.ShouldBe(["RS256", "ES256"], ignoreOrder: true);
        issuer.Types.Contains("jwt").ShouldBeTrue();
        issuer.NaturalPersonClaim.ShouldBe("person_id");
        issuer.AssuranceRules.ShouldBe(
        [
            new(AssuranceLevel.High, "eid", "eidas", "high", null, null, null),
            new(AssuranceLevel.Low, null, null, null, "checked", "yes", "checked_at"),
        ]);
        issuer.AcrValues[AssuranceLevel.Substantial].ShouldBe("urn:sub");
        document.Issuers[1].Discovery.ShouldBe(new("https://login.example/tenant/.well-known/openid-configuration"));
        document.Issuers[1].AcrValues.ShouldBeEmpty();
        issuer.Roles!.Audiences.ShouldBe(["desk-web"]);
        issuer.Roles.Admins.ShouldBe(["gating.admin"]);
        issuer.Roles.Regulators.ShouldBe(["gating.regulator"]);
        issuer.Roles.StrongAcr.ShouldBe(["urn:mfa"]);
        issuer.Roles.StrongWithin.ShouldBe(TimeSpan.FromMinutes(15));
        document.Issuers[1].Roles.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void An_error_is_reported_where_it_is_with_what_is_allowed(string what)
    {
        var broken = BrokenSeeds.All.Single(one => one.What == what);
        var seed = Seed.Whole();
        broken.Break(seed);

        var errors = seed.Read().Errors();

        var error = errors.FirstOrDefault(one => one.At == broken.At).ShouldNotBeNull(string.Join('\n', errors));
        error.Allowed.ShouldContain(broken.Allowed);
        error.Seen.ShouldNotBeEmpty();
    }

    /// <summary>All that can be broken side by side, in one document: each is reported, none hides another.</summary>
    [Fact]
    public void Every_error_of_a_document_is_reported_at_once()
    {
        var seed = Seed.Whole();
        var expected = new List<BrokenSeed>();
        foreach (var broken in BrokenSeeds.All)
        {
            // One that touches what another has touched, or takes away what it stands in, is for the test above.
            var next = (JsonObject)seed.DeepClone();
            try
            {
                broken.Break(next);
            }
            catch (Exception gone) when (gone is InvalidOperationException or NullReferenceException or InvalidCastException or ArgumentException)
            {
                continue;
            }

            var errors = next.Read().Errors();
            if (expected.Append(broken).All(one => errors.Any(error => error.At == one.At && error.Allowed.Contains(one.Allowed))))
            {
                seed = next;
                expected.Add(broken);
            }
        }

        expected.Count.ShouldBeGreaterThanOrEqualTo(40);
        var all = seed.Read().Errors();
        expected.ShouldAllBe(one => all.Any(error => error.At == one.At && error.Allowed.Contains(one.Allowed)));
    }

    [Theory]
    [InlineData("secretDigests", "hunter2-hunter2")]
    [InlineData("d", "cHJpdmF0ZS1zY2FsYXI")]
    [InlineData("client_secret", "correct-horse-battery")]
    public void What_may_be_a_secret_is_never_quoted(string member, string secret)
    {
        var seed = Seed.Whole();
        seed.At("/apps/0")[member] = member == "secretDigests" ? new JsonArray(secret) : secret;
        seed.At("/apps/0/jwks/keys/0")[member] = secret;

        seed.Read().Errors().ShouldAllBe(error => !error.ToString().Contains(secret));
    }

    [Fact]
    public void A_key_is_kept_without_what_verification_does_not_need()
    {
        var key = Seed.Whole().Read().Valid().Apps[0].Keys[0];

        JsonNode.Parse(key.Jwk)!.AsObject().Select(member => member.Key).ShouldBe(["kty", "crv", "x", "y", "kid", "alg"]);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000", true)]
    [InlineData("http://[::1]:5000", true)]
    [InlineData("http://localhost:5000", true)]
    [InlineData("https://id.example", true)]
    [InlineData("http://loopback:5000", false)]
    [InlineData("http://127.0.0.1.example", false)]
    [InlineData("http://10.0.0.1", false)]
    [InlineData("ftp://127.0.0.1", false)]
    [InlineData("http://user@127.0.0.1", false)]
    public void In_development_http_is_allowed_on_loopback_only(string id, bool allowed)
    {
        var seed = Seed.Whole();
        seed.At("/issuers/0")["id"] = id;
        seed.At("/apps/0")["audiences"] = new JsonObject { [id] = new JsonArray("a") };
        seed.At("/apps/1")["audiences"] = new JsonObject();

        (seed.Read(RegistryMode.Development) is RegistryReading.Valid).ShouldBe(allowed);
    }

    [Theory]
    [InlineData("", "broken JSON")]
    [InlineData("{", "broken JSON")]
    [InlineData("[]", "a list")]
    [InlineData("null", "null")]
    [InlineData("{}x", "broken JSON")]
    [InlineData("{} {}", "broken JSON")]
    [InlineData("{\"version\":1,}", "broken JSON")]
    [InlineData("{/* */}", "broken JSON")]
    [InlineData("{\"version\":1,\"version\":1}", "a second member")]
    [InlineData("{\"a\\u0000\":1}", "an unknown member")]
    [InlineData("{\"\\ud800\":1}", "not Unicode")]
    [InlineData("{\"apps\":[{\"id\":\"\\ud800\"}]}", "not Unicode")]
    [InlineData("{\"apps\":[{\"\\udc00\":{}}]}", "not Unicode")]
    [InlineData("{\"apps\":[{\"extra\":\"\\ud800\"}]}", "an unknown member")]
    public void Text_that_is_no_registry_is_refused_and_never_throws(string text, string seen) =>
        Seed.ReadText(text).Errors().ShouldContain(error => error.Seen.Contains(seen));

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        RegistryReader.ReadDocument(new byte[] { (byte)'"', 0xFF, 0xFE, (byte)'"' }, RegistryMode.Production).Errors().ShouldNotBeEmpty();

    [Fact]
    public void A_byte_order_mark_is_passed_over() =>
        RegistryReader.ReadDocument((byte[])[0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Seed.Whole().ToJsonString())], RegistryMode.Production).Valid();

    [Fact]
    public void What_is_too_large_or_too_deep_is_not_read()
    {
        RegistryReader.ReadDocument(new byte[RegistryReader.MaxBytes + 1], RegistryMode.Production).Errors().Single().Allowed.ShouldContain("at most");
        Seed.ReadText(new string('[', 100_000)).Errors().Count.ShouldBe(1);
    }

    /// <summary>Any value of the seed replaced by any other kind of value, in any number of places: an error or a registry, never an exception.</summary>
    [Fact]
    public void Nothing_that_is_JSON_makes_the_reader_throw()
    {
        var random = new Random(7);
        string[] odd = ["null", "true", "-1", "1e400", "\"\"", "\"\\ud800\"", "\"https://x\"", "[]", "[[]]", "{}", "{\"\":0}", "{\"kty\":\"EC\"}", "{\"kind\":\"burst\"}"];
        for (var i = 0; i < 1500; i++)
        {
            var text = Seed.Whole().ToJsonString();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                var at = text.IndexOf(':', random.Next(text.Length));
                var end = at < 0 ? -1 : text.IndexOfAny([',', '}', ']'], at + 2);
                text = end < 0 ? text : string.Concat(text.AsSpan(0, at + 1), odd[random.Next(odd.Length)], text.AsSpan(end));
            }

            Seed.ReadText(text).ShouldNotBeNull();
        }
    }

    [Fact]
    public void Two_keys_without_ids_are_two_errors()
    {
        var seed = Seed.Whole();
        seed.At("/apps/0/jwks/keys/0").Remove("kid");
        seed.At("/apps/0/jwks/keys/1").Remove("kid");

        seed.Read().Errors().Select(error => error.At).ShouldBe(["/apps/0/jwks/keys/0/kid", "/apps/0/jwks/keys/1/kid"]);
    }

    [Fact]
    public void Complaints_end_somewhere()
    {
        var seed = Seed.Whole();
        seed["apps"] = new JsonArray([.. Enumerable.Range(0, 2000).Select(_ => (JsonNode)new JsonObject())]);

        seed.Read().Errors().Count.ShouldBe(501);
    }
}
