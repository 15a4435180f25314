using System.IO.Compression;
using Gating.Client.Tools;
using Gating.Testing.Jose;

namespace Gating.Functions.Tests.Client;

/// <summary>A gate that signs whatever a test wants, on a real loopback socket: keys, status lists and grants as the real one makes them unless the test changes them.</summary>
public sealed class ForgedGate : IAsyncDisposable
{
    public const string Resource = "https://tools.example/face-swap";

    /// <summary>Bits of the list that grants name unless a test says otherwise: place 9 is invalid, all others are valid.</summary>
    public static readonly byte[] Bits = [0, 0b10, 0, 0];

    private readonly HttpClient _http = new();

    private ForgedGate(LoopbackProvider server) => Server = server;

    public LoopbackProvider Server { get; }

    public string Issuer => Server.Origin;

    public TestKey Key { get; } = TestKey.Ec("g1");

    public string ListUri => Issuer + "/statuslists/l1";

    public static async Task<ForgedGate> StartAsync()
    {
        var gate = new ForgedGate(await LoopbackProvider.StartAsync());
        gate.PublishKeys(gate.Key);
        gate.PublishList();
        return gate;
    }

    public void PublishKeys(params IEnumerable<TestKey> keys) => Server.Answer("/jwks", LoopbackProvider.Json($$"""{"keys":[{{string.Join(',', keys.Select(static key => key.Jwk()))}}]}"""));

    /// <param name="bits">As they are, or what stands in for a packed list.</param>
    public void PublishList(byte[]? bits = null, Action<RawObject>? claims = null, Action<RawObject>? header = null, TestKey? key = null, string? packed = null)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var payload = new RawObject().Text("sub", ListUri).Number("iat", now).Number("exp", now + 60).Number("ttl", 15)
            .Set("status_list", $$"""{"bits":1,"lst":"{{packed ?? TestKey.Encode(Pack(bits ?? Bits))}}"}""");
        claims?.Invoke(payload);
        Server.Answer("/statuslists/l1", LoopbackProvider.Json(Token("statuslist+jwt", payload, header, key), "application/statuslist+jwt"));
    }

    public string Grant(Action<RawObject>? claims = null, Action<RawObject>? header = null, TestKey? key = null)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var payload = new RawObject().Text("iss", Issuer).Text("aud", Resource).Text("sub", "person").Text("client_id", "studio").Text("jti", "grant-1").Number("iat", now).Number("exp", now + 300)
            .Set("authorization_details", $$"""[{"type":"synthetic_media","tool":"{{Resource}}","operation":"face_swap","units":2,"consent_ids":["c1"]}]""")
            .Set("status", $$$"""{"status_list":{"idx":8,"uri":"{{{ListUri}}}"}}""");
        claims?.Invoke(payload);
        return Token("at+jwt", payload, header, key);
    }

    public GrantVerifier Verifier(TimeProvider? time = null, bool demandsDpop = false, TimeSpan? listMaxAge = null) => new(
        _http,
        new() { Issuer = Issuer, Resource = Resource, DemandsDpop = demandsDpop, StatusListMaxAge = listMaxAge ?? TimeSpan.FromSeconds(15), FetchTimeout = TimeSpan.FromSeconds(2) },
        time ?? TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _http.Dispose();
    }

    public static byte[] Pack(byte[] bits)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zlib.Write(bits);
        }

        return packed.ToArray();
    }

    private string Token(string type, RawObject payload, Action<RawObject>? header, TestKey? key)
    {
        var head = new RawObject().Text("typ", type).Text("alg", "ES256").Text("kid", Key.Id!);
        header?.Invoke(head);
        return (key ?? Key).Token(head.ToString(), payload.ToString());
    }
}
