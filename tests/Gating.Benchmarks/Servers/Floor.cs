using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace Gating.Benchmarks.Servers;

/// <summary>
/// What any gate costs at least: Kestrel, the body read, the identity token's signature verified, a grant of the usual size signed, a JSON answer.
/// Nothing is checked, nothing is decided; the keys are at hand; raw ECDSA and RSA of the platform.
/// </summary>
internal sealed class Floor : IDisposable
{
    // As long as a grant's claims are.
    private const int ClaimBytes = 560;

    private static readonly byte[] Head = [.. "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiIsImtpZCI6IjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWEifQ."u8];
    private static readonly byte[] Claims = Enumerable.Repeat((byte)'c', ClaimBytes).ToArray();

    private readonly ConcurrentBag<ECDsa> _signers = [];
    private readonly ConcurrentBag<ECDsa> _ecs = [];
    private readonly ConcurrentBag<RSA> _rsas = [];
    private readonly ECParameters _signing;
    private readonly ECParameters _ec;
    private readonly RSAParameters _rsa;

    public Floor(string jwks)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _signing = key.ExportParameters(true);
        using var json = JsonDocument.Parse(jwks);
        foreach (var jwk in json.RootElement.GetProperty("keys").EnumerateArray())
        {
            if (jwk.GetProperty("kty").ValueEquals("EC"))
            {
                _ec = new() { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = Bytes(jwk, "x"), Y = Bytes(jwk, "y") } };
            }
            else
            {
                _rsa = new() { Modulus = Bytes(jwk, "n"), Exponent = Bytes(jwk, "e") };
            }
        }
    }

    public async Task AnswerAsync(HttpContext context)
    {
        var grant = await WorkAsync(context);
        await WriteAsync(context, grant);
    }

    /// <summary>Reads, verifies, signs: the grant, or null where the signature does not hold.</summary>
    public async ValueTask<byte[]?> WorkAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync();
            if (read.IsCompleted)
            {
                var grant = Work(read.Buffer);
                reader.AdvanceTo(read.Buffer.End);
                return grant;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public static Task WriteAsync(HttpContext context, byte[]? grant)
    {
        if (grant is null)
        {
            context.Response.StatusCode = (int)HttpStatusCode.BadRequest;
            return Task.CompletedTask;
        }

        var buffer = new ArrayBufferWriter<byte>(1536);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("access_token"u8, grant);
            json.WriteString("token_type"u8, "Bearer"u8);
            json.WriteNumber("expires_in"u8, 300);
            json.WriteEndObject();
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        return context.Response.Body.WriteAsync(buffer.WrittenMemory).AsTask();
    }

    public void Dispose()
    {
        foreach (var key in _signers.Concat<AsymmetricAlgorithm>(_ecs).Concat(_rsas))
        {
            key.Dispose();
        }
    }

    private byte[]? Work(in ReadOnlySequence<byte> body)
    {
        var bytes = body.IsSingleSegment ? body.FirstSpan : body.ToArray();
        var name = "subject_token="u8;
        var token = bytes[(bytes.IndexOf(name) + name.Length)..];
        token = token[..token.IndexOf((byte)'&')];
        return IsSigned(token) ? Sign() : null;
    }

    private bool IsSigned(ReadOnlySpan<byte> token)
    {
        var dot = token.LastIndexOf((byte)'.');
        Span<byte> signature = stackalloc byte[512];
        Base64Url.TryDecodeFromUtf8(token[(dot + 1)..], signature, out var length);
        return length == 64 ? IsSignedByEc(token[..dot], signature[..length]) : IsSignedByRsa(token[..dot], signature[..length]);
    }

    private bool IsSignedByEc(ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
    {
        var key = _ecs.TryTake(out var idle) ? idle : ECDsa.Create(_ec);
        var holds = key.VerifyData(input, signature, HashAlgorithmName.SHA256);
        _ecs.Add(key);
        return holds;
    }

    private bool IsSignedByRsa(ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
    {
        var key = _rsas.TryTake(out var idle) ? idle : RSA.Create(_rsa);
        var holds = key.VerifyData(input, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        _rsas.Add(key);
        return holds;
    }

    private byte[] Sign()
    {
        var signed = Head.Length + Base64Url.GetEncodedLength(Claims.Length);
        var grant = new byte[signed + 1 + Base64Url.GetEncodedLength(64)];
        Head.CopyTo(grant, 0);
        Base64Url.EncodeToUtf8(Claims, grant.AsSpan(Head.Length));
        var key = _signers.TryTake(out var idle) ? idle : ECDsa.Create(_signing);
        Span<byte> signature = stackalloc byte[64];
        key.TrySignData(grant.AsSpan(0, signed), signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out _);
        _signers.Add(key);
        grant[signed] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, grant.AsSpan(signed + 1));
        return grant;
    }

    private static byte[] Bytes(JsonElement jwk, string name) => Base64Url.DecodeFromChars(jwk.GetProperty(name).GetString());
}
