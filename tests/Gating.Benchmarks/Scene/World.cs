using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gating.Benchmarks.Load;
using Gating.Testing.Jose;

namespace Gating.Benchmarks.Scene;

/// <summary>
/// What is needed around a gate under load: an OpenID provider on loopback that publishes one ES256 and one RS256 key, a registry with one app and its tools,
/// and as many persons with identity tokens as a measurement wants.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    public const string App = "studio";
    public const string Audience = "studio-web";

    /// <summary>A tool whose quotas nobody reaches.</summary>
    public const string Open = "https://tools.example/face-swap";

    /// <summary>A tool of <see cref="ExactUnits"/> units a person.</summary>
    public const string Exact = "https://tools.example/voice-clone";

    public const string Operation = "face_swap";

    private const int TokenSeconds = 6 * 3600;

    private readonly LoopbackProvider _provider;
    private readonly TestKey _ec = TestKey.Ec("bench-ec");
    private readonly TestKey _rsa = TestKey.Rsa("bench-rsa");
    private readonly string _secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
    private int _persons;

    private World(LoopbackProvider provider, string folder, int exactUnits)
    {
        _provider = provider;
        Folder = folder;
        ExactUnits = exactUnits;
        _provider.Publish("idp", _ec.Jwk(), _rsa.Jwk());
    }

    /// <summary>Where files are left for the other processes; goes with this object.</summary>
    public string Folder { get; }

    public int ExactUnits { get; }

    public string Seed => Path.Combine(Folder, "registry.json");

    public string Keys => Path.Combine(Folder, "keys");

    /// <summary>The provider's public keys, as JWK set: what floor and peers verify with.</summary>
    public string Jwks => $$"""{"keys":[{{_ec.Jwk()}},{{_rsa.Jwk()}}]}""";

    public string IssuerName => _provider.Issuer("idp");

    /// <summary>The persons of requests, from 1, in the order in which requests were made for them.</summary>
    public static string NameOf(int person) => string.Create(CultureInfo.InvariantCulture, $"person-{person:D8}");

    public static async Task<World> CreateAsync(int exactUnits)
    {
        var folder = Directory.CreateTempSubdirectory("gating-bench").FullName;
        var world = new World(await LoopbackProvider.StartAsync(), folder, exactUnits);
        await File.WriteAllTextAsync(world.Seed, world.Registry());
        return world;
    }

    /// <summary>A file of token requests, one for each of <paramref name="persons"/> persons whom nobody has seen before.</summary>
    public Task<string> RequestsAsync(int persons, bool rsa = false, string tool = Open, string path = "/oauth2/token") =>
        FileOfAsync(Enumerable.Range(0, persons).Select(_ => Request(NameOf(++_persons), rsa, tool, path)));

    /// <summary>A file with one request for a bare answer.</summary>
    public Task<string> HelloAsync() => FileOfAsync([RawRequest.Of("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]);

    public async Task<string> FileOfAsync(IEnumerable<RawRequest> requests)
    {
        var file = Path.Combine(Folder, Path.GetRandomFileName());
        await RequestFile.WriteAsync(file, requests);
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A person's identity token, signed now.</summary>
    public string Token(string person, bool rsa = false)
    {
        var key = rsa ? _rsa : _ec;
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return key.Token(
            new RawObject().Text("alg", key.Algorithm).Text("typ", "JWT").Text("kid", key.Id!).ToString(),
            new RawObject().Text("iss", IssuerName).Text("sub", person).Text("aud", Audience)
                .Number("iat", now).Number("exp", now + TokenSeconds).Number("auth_time", now - 10).Text("nonce", "n-0S6_WzA2Mj")
                .Text("proofing", "substantial").ToString());
    }

    /// <summary>The app's own.</summary>
    public System.Net.Http.Headers.AuthenticationHeaderValue Credentials => new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{App}:{_secret}")));

    private RawRequest Request(string person, bool rsa, string tool, string path)
    {
        var body = string.Join(
            '&',
            "grant_type=" + Uri.EscapeDataString("urn:ietf:params:oauth:grant-type:token-exchange"),
            "subject_token=" + Token(person, rsa),
            "subject_token_type=" + Uri.EscapeDataString("urn:ietf:params:oauth:token-type:id_token"),
            "resource=" + Uri.EscapeDataString(tool),
            "authorization_details=" + Uri.EscapeDataString($$"""[{"type":"synthetic_media","operation":"{{Operation}}","units":1}]"""));
        var basic = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{App}:{_secret}"));
        return RawRequest.Post(path, $"Authorization: Basic {basic}\r\n", "application/x-www-form-urlencoded", body);
    }

    private string Registry()
    {
        var later = DateTimeOffset.UtcNow.AddYears(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return $$"""
            {
              "version": 1,
              "apps": [{
                "id": "{{App}}", "name": "Studio", "status": "active",
                "secretDigests": ["{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_secret)))}}"],
                "audiences": { "{{IssuerName}}": ["{{Audience}}"] },
                "tools": ["{{Open}}", "{{Exact}}"]
              }],
              "tools": [{{Tool(Open, 1_000_000_000, later)}}, {{Tool(Exact, ExactUnits, later)}}],
              "issuers": [{
                "id": "{{IssuerName}}", "name": "Provider", "status": "active", "algorithms": ["ES256", "RS256"], "types": ["JWT"],
                "maxLifetimeSeconds": 86400,
                "assuranceRules": [{ "level": "substantial", "claim": "proofing", "value": "substantial" }],
                "acrValues": {}
              }],
              "policy": { "personQuotas": [{ "name": "all-tools", "scope": "person", "limit": 1000000000, "kind": "calendar", "period": "month" }] }
            }
            """;
    }

    private static string Tool(string resource, int units, string later) =>
        $$"""
        {
          "resource": "{{resource}}", "name": "Tool", "status": "active",
          "dossier": { "filingNumber": "bench-0001", "securityAssessmentUntil": "{{later}}", "datasetAuditUntil": "{{later}}" },
          "operations": ["{{Operation}}"], "assurance": { "level": "substantial" },
          "demandsDpop": false, "demandsConsent": false, "demandsModeration": false, "maxUnits": 10, "grantLifetimeSeconds": 300,
          "quotas": [{ "name": "daily", "scope": "app_person_tool", "limit": {{units}}, "kind": "calendar", "period": "day" }],
          "labelling": {
            "providerCode": "001191110102MACQD9K64010000", "system": "Tool", "source": "generated", "explicit": "apps_own", "mediaTypes": ["image/jpeg"],
            "maxBytes": 200000000, "retentionDays": 184
          }
        }
        """;
}
