using System.Text.Json.Nodes;

namespace Gating.Tests.Registry;

/// <summary>One way to break the whole seed.</summary>
/// <param name="At">Where the one error must be reported.</param>
/// <param name="Allowed">Part of what it must say is allowed.</param>
/// <param name="BySchema">Whether the schema sees it too; otherwise only the reader can.</param>
public sealed record BrokenSeed(string What, Action<JsonObject> Break, string At, string Allowed, bool BySchema)
{
    public override string ToString() => What;
}

/// <summary>Every kind of error there is, each once.</summary>
internal static class BrokenSeeds
{
    private const string App = "/apps/0";
    private const string Tool = "/tools/0";
    private const string Issuer = "/issuers/0";
    private const string Key = "/apps/0/jwks/keys";

    public static IReadOnlyList<BrokenSeed> All { get; } =
    [
        // The document.
        Set("an unknown member of the document", "", "extra", 1, "$schema, version, apps, tools, issuers, moderators, policy"),
        Set("another version", "", "version", 2, "1"),
        Set("a version in words", "", "version", "1", "1"),
        Remove("no version", "", "version"),
        Remove("no policy", "", "policy"),
        Set("apps that are no list", "", "apps", new { }, "a list of 0 to 2000"),
        Set("a policy that is no object", "", "policy", 7, "an object"),
        new("an app that is no object", seed => seed["apps"]!.AsArray().Add("app"), "/apps/2", "an object", BySchema: true),

        // Apps.
        Set("an id with a space", App, "id", "my app", "A-Z a-z 0-9 . _ -"),
        Set("an id of 65 characters", App, "id", new string('a', 65), "1 to 64"),
        Set("an id that is a number", App, "id", 7, "1 to 64"),
        Set("an id with a newline at its end", App, "id", "studio\n", "1 to 64"),
        Set("an empty name", App, "name", "", "1 to 128"),
        Set("a name with a control", App, "name", "a\u0007b", "without controls"),
        Set("an unknown status", App, "status", "Active", "\"active\", \"stopped\""),
        Remove("no status", App, "status"),
        Set("an unknown member of an app", App, "secret", "hunter2", "secretDigests"),
        Set("no digests in the list", App, "secretDigests", Array.Empty<string>(), "a list of 1 to 2"),
        Set("three digests", App, "secretDigests", new[] { Hex('1'), Hex('2'), Hex('3') }, "a list of 1 to 2"),
        Item("a secret in place of its digest", App, "secretDigests", "hunter2", "the SHA-256 of a secret"),
        Item("a digest of 64 characters that are no digits", App, "secretDigests", new string('x', 64), "the SHA-256 of a secret"),
        Item("a digest whose last character has bits too many", App, "secretDigests", new string('A', 42) + "B", "the SHA-256 of a secret", bySchema: false),
        Item("the digest of the empty text", App, "secretDigests", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "not empty", bySchema: false),
        new("one digest in two spellings", seed => Put(seed, App, "secretDigests", new[] { Hex('a'), Hex('A') }), App + "/secretDigests/1", "each only once", BySchema: false),
        new(
            "an active app that cannot authenticate",
            seed => { seed.At(App).Remove("secretDigests"); seed.At(App).Remove("jwks"); },
            App, "secretDigests or jwks", BySchema: true),
        Set("audiences that are a list", App, "audiences", new[] { "x" }, "an object"),
        Set("audiences at an issuer that is not there", App, "audiences", new Dictionary<string, string[]> { ["https://nobody.example/x"] = ["a"] }, "a registered issuer", bySchema: false, at: "/https:~1~1nobody.example~1x"),
        Set("an issuer without audiences", App, "audiences", new Dictionary<string, string[]> { [Seed.Issuer] = [] }, "a list of 1 to 16", at: "/https:~1~1id.example"),
        Set("an audience twice", App, "audiences", new Dictionary<string, string[]> { [Seed.Issuer] = ["a", "a"] }, "each only once", at: "/https:~1~1id.example/1"),
        Set("an audience that is not ASCII", App, "audiences", new Dictionary<string, string[]> { [Seed.Issuer] = ["é"] }, "printable ASCII", at: "/https:~1~1id.example/0"),
        Set("another app's audience", "/apps/1", "audiences", new Dictionary<string, string[]> { [Seed.Issuer] = ["studio-web"] }, "app studio has it", bySchema: false, at: "/https:~1~1id.example/0"),
        Set("a tool that is not there", App, "tools", new[] { "https://tools.example/none" }, "a registered tool", bySchema: false, at: "/0"),
        Set("a tool twice", App, "tools", new[] { Seed.Tool, Seed.Tool }, "each only once", at: "/1"),
        Set("an id that another app has", "/apps/1", "id", "studio", "each only once", bySchema: false),

        // Keys.
        Keys("no keys in the set", new { keys = Array.Empty<int>() }, "/keys", "a list of 1 to 8"),
        Keys("a key set without its list", new { }, "/keys", "required"),
        AKey("a shared secret as a key", new { kty = "oct", kid = "x", alg = "HS256" }, "/kty", "\"EC\", \"RSA\""),
        AKey("a key of no type", new { kid = "x", alg = "ES256" }, "/kty", "a key type"),
        OnKey("a private EC key", 0, "d", "c2VjcmV0", "public keys only"),
        OnKey("a private RSA key", 1, "q", "c2VjcmV0", "public keys only"),
        OnKey("a key without an id", 0, "kid", null, "required"),
        OnKey("an EC key for RS256", 0, "alg", "RS256", "\"ES256\""),
        OnKey("an RSA key for ES256", 1, "alg", "ES256", "\"RS256\", \"PS256\""),
        OnKey("a key for encryption", 0, "use", "enc", "\"sig\""),
        OnKey("a key that may sign", 1, "key_ops", new[] { "sign" }, "\"verify\"", at: "/0"),
        OnKey("an EC key of another curve", 0, "crv", "P-384", "\"P-256\""),
        OnKey("a key with a certificate URL", 1, "x5u", "https://keys.example", "kty, kid, alg"),
        OnKey("a coordinate with padding", 0, "x", "AAAA=", "base64url"),
        OnKey("a point that is not on the curve", 0, "x", Seed.Base64([.. Enumerable.Repeat((byte)1, 32)]), "a point on the curve", bySchema: false, ofKey: true),
        OnKey("a coordinate of 31 bytes", 0, "y", Seed.Base64(new byte[31]), "32 bytes", bySchema: false, ofKey: true),
        AKey("an RSA key of 1024 bits", Seed.RsaKey(1024), "/n", "2048 to 8192 bits", bySchema: false),
        OnKey("an even modulus", 1, "n", Seed.Base64([.. Enumerable.Repeat((byte)0xFE, 256)]), "odd modulus", bySchema: false),
        OnKey("an exponent of 3", 1, "e", "Aw", "65537", bySchema: false),
        OnKey("the id of another key", 1, "kid", "ec-1", "only once", bySchema: false),

        // Tools.
        Set("a resource over http", Tool, "resource", "http://tools.example/face-swap", "https URL", bySchema: false, keep: true),
        Set("a resource in another spelling", Tool, "resource", "https://TOOLS.example/face-swap", "canonical spelling", bySchema: false, keep: true),
        Set("a resource with a query", Tool, "resource", "https://tools.example/x?y=1", "https URL", bySchema: false, keep: true),
        Set("a resource with a user", Tool, "resource", "https://me@tools.example/x", "https URL", bySchema: false, keep: true),
        Set("a resource that is no URL", Tool, "resource", "tools", "https URL", keep: true),
        Set("a resource that another tool has", "/tools/1", "resource", Seed.Tool, "each only once", bySchema: false, keep: true),
        Remove("no dossier", Tool, "dossier"),
        Set("a day that does not exist", Tool + "/dossier", "datasetAuditUntil", "2027-02-29", "a date", bySchema: false),
        Set("a date in another order", Tool + "/dossier", "datasetAuditUntil", "31.01.2027", "a date"),
        Set("an empty filing number", Tool + "/dossier", "filingNumber", "", "1 to 128"),
        Set("an unknown member of a dossier", Tool + "/dossier", "until", "2027-01-31", "filingNumber"),
        Set("no operations", Tool, "operations", Array.Empty<string>(), "a list of 1 to 64"),
        Set("an operation in capitals", Tool, "operations", new[] { "Face_Swap" }, "a-z 0-9 _", at: "/0"),
        Set("an unknown level", Tool + "/assurance", "level", "very high", "\"none\", \"low\", \"substantial\", \"high\""),
        Set("an age of a second", Tool + "/assurance", "maxAgeSeconds", 1, "from 60 to"),
        Remove("nothing said about DPoP", Tool, "demandsDpop"),
        Set("a flag in words", Tool, "demandsConsent", "yes", "true or false"),
        Set("no units", Tool, "maxUnits", 0, "from 1 to 1000000"),
        Set("half a unit", Tool, "maxUnits", 1.5, "a whole number"),
        Set("a grant of 16 minutes", Tool, "grantLifetimeSeconds", 960, "from 60 to 900"),
        Set("a grant of 59 seconds", Tool, "grantLifetimeSeconds", 59, "from 60 to 900"),

        // Labelling.
        Set("a provider's code that is too short", Tool + "/labelling", "providerCode", "00119111010", "27 characters"),
        Set("a provider's code with a wrong check character", Tool + "/labelling", "providerCode", "001191110102MACQD9K65010000", "check character", bySchema: false),
        Set("a source that is none", Tool + "/labelling", "source", "drawn", "\"generated\", \"edited\""),
        Set("an explicit label that is none", Tool + "/labelling", "explicit", "maybe", "\"apps_own\", \"demanded\", \"applied\""),
        Set("outputs of no type", Tool + "/labelling", "mediaTypes", Array.Empty<string>(), "a list of 1 to 32"),
        Set("a media type in capitals", Tool + "/labelling", "mediaTypes", new[] { "Image/PNG" }, "a media type", at: "/0"),
        Set("outputs without bytes", Tool + "/labelling", "maxBytes", 0, "from 1 to"),
        Set("outputs kept for less than six months", Tool + "/labelling", "retentionDays", 183, "from 184 to"),

        // Quotas.
        Set("a quota name in capitals", Tool + "/quotas/0", "name", "Day", "a-z 0-9 -"),
        Set("a quota name twice", Tool + "/quotas/1", "name", "day", "each name only once", bySchema: false),
        new("a tool's quota with a name of the policy's", seed => Put(seed, Tool + "/quotas/0", "name", "all-day"), Tool + "/quotas", "policy's personQuotas do not have", BySchema: false),
        Set("a tool's quota over all tools", Tool + "/quotas/0", "scope", "person", "\"app_person_tool\", \"person_tool\""),
        Set("a person's quota of one tool", "/policy/personQuotas/0", "scope", "person_tool", "\"app_person\", \"person\""),
        Set("a limit of nothing", Tool + "/quotas/0", "limit", 0, "from 1 to 1000000000"),
        Set("a limit too high", Tool + "/quotas/0", "limit", 1_000_000_001, "from 1 to 1000000000"),
        Set("a kind of quota that is none", Tool + "/quotas/0", "kind", "weekly", "\"calendar\", \"rolling\", \"burst\""),
        Remove("a quota of no kind", Tool + "/quotas/0", "kind", "\"calendar\", \"rolling\", \"burst\""),
        Set("a period that is none", Tool + "/quotas/0", "period", "week", "\"minute\", \"hour\", \"day\", \"month\""),
        Set("a calendar quota with a window", Tool + "/quotas/0", "windowSeconds", 5, "name, scope, limit, kind, period"),
        Set("a window of 32 days", Tool + "/quotas/1", "windowSeconds", 2_764_800, "from 1 to 2678400"),
        Set("a refill of no time", Tool + "/quotas/2", "refillSeconds", 0, "from 1 to 2678400"),
        Set("a shadow that is no flag", Tool + "/quotas/0", "shadow", "yes", "true or false"),
        new(
            "a shadow that everybody shares", seed => Put(seed, Tool, "quotas", new[] { new { name = "all", scope = "tool", limit = 5, kind = "calendar", period = "day", shadow = true } }), Tool + "/quotas/0/shadow",
            "quotas of persons alone", BySchema: true),
        Set(
            "more windows than a head holds", Tool, "quotas",
            Enumerable.Range(0, 10).Select(i => new { name = $"r{i}", scope = "person_tool", limit = 1, kind = "rolling", windowSeconds = 60 }).ToArray(),
            "at most 128", bySchema: false),

        // Moderators.
        Remove("a moderator without keys", "/moderators/0", "jwks"),
        Set("a moderator of an unknown status", "/moderators/0", "status", "asleep", "\"active\", \"stopped\""),
        Set("an unknown member of a moderator", "/moderators/0", "url", "https://eyes.example", "id, name, status, jwks"),
        Item("a moderator of a tool that is not registered", "/tools/1/moderation", "moderators", "ears", "the id of a registered moderator", bySchema: false),
        Set("a moderation that is a day and a second old", "/tools/1/moderation", "maxAgeSeconds", 86_401, "10 to 86400"),

        // Issuers.
        Set("an issuer over http", "/issuers/0", "id", "http://id.example", "https URL", bySchema: false, keep: true),
        Set("an issuer over http on loopback", "/issuers/0", "id", "http://127.0.0.1:5000", "https URL", bySchema: false, keep: true),
        Set("an issuer that is there already", "/issuers/1", "id", Seed.Issuer, "each only once", bySchema: false, keep: true),
        Set("a discovery over http", Issuer, "discovery", "http://id.example/meta", "https URL", bySchema: false),
        Set("a discovery with a fragment", Issuer, "discovery", "https://id.example/meta#x", "https URL", bySchema: false),
        Item("a symmetric algorithm", Issuer, "algorithms", "HS256", "asymmetric"),
        Item("no signature at all", Issuer, "algorithms", "none", "asymmetric"),
        Set("no algorithms", Issuer, "algorithms", Array.Empty<string>(), "a list of 1 to 9"),
        Item("the type of an access token", Issuer, "types", "AT+jwt", "no type of another kind", bySchema: false),
        Item("the long type of a proof", Issuer, "types", "application/dpop+jwt", "no type of another kind", bySchema: false),
        new("a type twice in another case", seed => Put(seed, Issuer, "types", new[] { "JWT", "jwt" }), Issuer + "/types/1", "each only once", BySchema: false),
        Set("tokens that live for two days", Issuer, "maxLifetimeSeconds", 172_800, "from 60 to 86400"),
        Set("an address as a person", Issuer, "naturalPersonClaim", "email", "none that people share", bySchema: false),
        Set("acr as assurance", Issuer + "/assuranceRules/1", "claim", "acr", "not acr"),
        Set("the log-in as the time of proof", Issuer + "/assuranceRules/1", "timeClaim", "auth_time", "not a time of the token"),
        Set("a rule for no level", Issuer + "/assuranceRules/0", "level", "none", "\"low\", \"substantial\", \"high\""),
        new("a rule of both forms", seed => Put(seed, Issuer + "/assuranceRules/0", "claim", "x"), Issuer + "/assuranceRules/0", "trustFramework with or without", BySchema: true),
        new("a rule of neither form", seed => seed.At(Issuer + "/assuranceRules/0").Remove("trustFramework"), Issuer + "/assuranceRules/0", "claim and value", BySchema: true),
        new("a claim without a value", seed => seed.At(Issuer + "/assuranceRules/1").Remove("value"), Issuer + "/assuranceRules/1", "claim and value", BySchema: true),
        Set("an acr value with a space", Issuer + "/acrValues", "high", "a b", "without spaces"),
        Set("an acr value for no level", Issuer + "/acrValues", "none", "x", "low, substantial, high"),
        Set("roles by what a log-in is", Issuer + "/roles", "claim", "acr", "no claim about the token", bySchema: false),
        Set("roles for nobody's tokens", Issuer + "/roles", "audiences", Array.Empty<string>(), "a list of 1 to 16"),
        Set("strong for a day", Issuer + "/roles", "strongWithinSeconds", 86_400, "from 60 to 3600"),
        Set("the desk's audience at an app", App, "audiences", new Dictionary<string, string[]> { [Seed.Issuer] = ["desk-web"] }, "not the desk's", bySchema: false, at: "/https:~1~1id.example/0"),
        Remove("events for whomever", Issuer + "/signals", "audience"),
        Item("events signed with a shared secret", Issuer + "/signals", "algorithms", "HS256", "asymmetric"),
        Set("a transmitter over http", Issuer + "/signals", "transmitter", "http://events.id.example", "https URL", bySchema: false),
        Set("a transmitter that is another issuer", Issuer + "/signals", "transmitter", "https://login.example/tenant/", "no registered issuer", bySchema: false),
        Set("the issuer as a transmitter of its own", Issuer + "/signals", "transmitter", Seed.Issuer, "it is the issuer itself", bySchema: false),
        new("metadata of no transmitter", seed => seed.At(Issuer + "/signals").Remove("transmitter"), Issuer + "/signals/metadata", "beside transmitter alone", BySchema: false),
        Item("a transmitter's secret itself", Issuer + "/signals", "secretDigests", "Bearer one", "the SHA-256 of a secret"),
        Set("null in place of leaving out", Issuer, "naturalPersonClaim", null, "printable ASCII"),
        Set(
            "an item larger than a row", App, "tools",
            Enumerable.Range(0, 190).Select(i => "https://tools.example/" + new string('a', 200) + i).ToArray(), "at most 30000 characters", bySchema: false, ofOwner: true),
    ];

    private static BrokenSeed Set(
        string what, string owner, string member, object? value, string allowed, bool bySchema = true, string at = "", bool keep = false, bool ofOwner = false) =>
        new(what, seed => Rename(seed, owner, member, value, keep), ofOwner ? owner : $"{owner}/{member}{at}", allowed, bySchema);

    private static BrokenSeed Remove(string what, string owner, string member, string allowed = "required") =>
        new(what, seed => seed.At(owner).Remove(member), $"{owner}/{member}", allowed, BySchema: true);

    private static BrokenSeed Item(string what, string owner, string member, string value, string allowed, bool bySchema = true) =>
        new(what, seed => Put(seed, owner, member, new[] { value }), $"{owner}/{member}/0", allowed, bySchema);

    private static BrokenSeed Keys(string what, object jwks, string at, string allowed) =>
        new(what, seed => Put(seed, App, "jwks", jwks), App + "/jwks" + at, allowed, BySchema: true);

    private static BrokenSeed AKey(string what, object key, string at, string allowed, bool bySchema = true) =>
        new(what, seed => seed["apps"]![0]!["jwks"]!["keys"]!.AsArray().Add(Seed.ToNode(key)), $"{Key}/2{at}", allowed, bySchema);

    private static BrokenSeed OnKey(string what, int key, string member, object? value, string allowed, bool bySchema = true, string at = "", bool ofKey = false) =>
        new(
            what,
            seed =>
            {
                if (value is null)
                {
                    seed.At($"{Key}/{key}").Remove(member);
                }
                else
                {
                    Put(seed, $"{Key}/{key}", member, value);
                }
            },
            ofKey ? $"{Key}/{key}" : $"{Key}/{key}/{member}{at}", allowed, bySchema);

    private static void Put(JsonObject seed, string owner, string member, object? value) => seed.At(owner)[member] = value is null ? null : Seed.ToNode(value);

    /// <summary>With <paramref name="keep"/>, what refers to the old name follows to the new one, so that only the name itself is wrong.</summary>
    private static void Rename(JsonObject seed, string owner, string member, object? value, bool keep)
    {
        var old = seed.At(owner)[member];
        Put(seed, owner, member, value);
        if (!keep)
        {
            return;
        }

        foreach (var app in seed["apps"]!.AsArray().Select(app => app!.AsObject()))
        {
            app["tools"] = Seed.ToNode(app["tools"]!.AsArray().Select(tool => tool!.ToString() == old!.ToString() ? value!.ToString() : tool.ToString()).Distinct());
            foreach (var (issuer, audiences) in app["audiences"]!.AsObject().Where(pair => pair.Key == old!.ToString()).ToList())
            {
                app["audiences"]!.AsObject().Remove(issuer);
                app["audiences"]!.AsObject()[value!.ToString()!] = audiences;
            }
        }
    }

    private static string Hex(char digit) => new(digit, 64);
}
