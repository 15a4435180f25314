using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Azure.Core.Pipeline;
using Gating.Azure.Vault;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gating.Azure.Tests.Vault;

/// <summary>
/// Stands for Azure Key Vault: TLS on loopback under the vault's own name, the tokens of one audience, and its answers as its REST reference has them: 401 with a challenge, 403 for a missing role and a disabled key, 404, 429
/// with Retry-After. A test says what it does next.
/// </summary>
internal sealed class LoopbackVault : IAsyncDisposable
{
    public const string Host = "kv-test.vault.azure.net";
    public const string Version = "0123456789abcdef0123456789abcdef";
    private const string NextVersion = "fedcba9876543210fedcba9876543210";

    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;
    private readonly ECDsa _other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _port;
    private int _requests;

    private LoopbackVault(WebApplication app, X509Certificate2 certificate) => (_app, _certificate) = (app, certificate);

    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>What keys are wrapped for; one for all, since it takes long to make.</summary>
    public static RSA WrappingKey { get; } = RSA.Create(3072);

    public static VaultKeyAddress Address => VaultKeyAddress.Parse($"https://{Host}/keys/log-ecdsa/{Version}")!;

    public static VaultKeyAddress WrappingAddress => VaultKeyAddress.Parse($"https://{Host}/keys/data-key/{Version}")!;

    /// <summary>What each request meets before it is answered; given its number, from 1 on. True: it was answered.</summary>
    public Func<int, HttpContext, Task<bool>> Before { get; set; } = static (_, _) => Task.FromResult(false);

    /// <summary>Changes what would be answered and by what version.</summary>
    public Func<(string Kid, byte[] Value), (string Kid, byte[] Value)> Told { get; set; } = static told => told;

    public int Requests => _requests;

    public static async Task<LoopbackVault> StartAsync()
    {
        var certificate = SelfSigned();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var vault = new LoopbackVault(builder.Build(), certificate);
        vault._app.Run(vault.AnswerAsync);
        await vault._app.StartAsync();
        vault._port = new Uri(vault._app.Urls.Single()).Port;
        return vault;
    }

    /// <summary>Leads whoever asks for the vault's name here, and trusts its certificate alone.</summary>
    public HttpClientTransport Transport() => new(new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, _port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
        SslOptions = { RemoteCertificateValidationCallback = (_, seen, _, _) => seen is not null && seen.GetRawCertData().AsSpan().SequenceEqual(_certificate.RawData) },
    }));

    public static Task RefuseAsync(HttpContext context, int status, string code, string? inner = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        var more = inner is null ? "" : $$""","innererror":{"code":"{{inner}}"}""";
        return context.Response.WriteAsync($$$"""{"error":{"code":"{{{code}}}","message":"told to people"{{{more}}}}}""");
    }

    public string Kid(bool isNext = false, string key = "log-ecdsa") => $"https://{Host}/keys/{key}/{(isNext ? NextVersion : Version)}";

    public byte[] SignWithAnother(byte[] digest) => _other.SignHash(digest);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate.Dispose();
        Key.Dispose();
        _other.Dispose();
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (await Before(Interlocked.Increment(ref _requests), context))
        {
            return;
        }

        if (context.Request.Headers.Authorization != "Bearer for https://vault.azure.net/.default")
        {
            context.Response.Headers.WWWAuthenticate = """Bearer authorization="https://login.example/tenant", resource="https://vault.azure.net" """;
            await RefuseAsync(context, 401, "Unauthorized");
        }
        else if (context.Request is not { Method: "POST", ContentType: "application/json" } || context.Request.Host.Host != Host || context.Request.Query["api-version"] != "7.4")
        {
            await RefuseAsync(context, 400, "BadParameter");
        }
        else if (context.Request.Path == $"/keys/log-ecdsa/{Version}/sign")
        {
            await DoAsync(context, "ES256", "log-ecdsa", digest => digest.Length == SHA256.HashSizeInBytes ? Key.SignHash(digest) : null);
        }
        else if (context.Request.Path == $"/keys/data-key/{Version}/unwrapkey")
        {
            await DoAsync(context, "RSA-OAEP-256", "data-key", Unwrapped);
        }
        else
        {
            await RefuseAsync(context, 404, "KeyNotFound");
        }
    }

    private byte[]? Unwrapped(byte[] wrapped)
    {
        try
        {
            return WrappingKey.Decrypt(wrapped, RSAEncryptionPadding.OaepSHA256);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private async Task DoAsync(HttpContext context, string algorithm, string key, Func<byte[], byte[]?> operation)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        var value = Base64Url.DecodeFromChars(body.RootElement.GetProperty("value").GetString());
        if (body.RootElement.GetProperty("alg").GetString() != algorithm || operation(value) is not { } done)
        {
            await RefuseAsync(context, 400, "BadParameter");
            return;
        }

        var (kid, answer) = Told((Kid(key: key), done));
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync($$"""{"kid":"{{kid}}","value":"{{Base64Url.EncodeToString(answer)}}"}""", Encoding.UTF8);
    }
}
