using System.Security.Cryptography;
using Azure.Core;
using Gating.Azure.Vault;
using Gating.Log.Notes;
using Shouldly;
using Xunit;

namespace Gating.Azure.Tests.Vault;

/// <summary>A checkpoint's signature from a key in Key Vault: one that verifies, or none and the vault's own word for why; nothing else is let out, and nothing hangs.</summary>
public sealed class VaultSignerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly byte[] Text = "gate.example/log\n7\nAAAA\n"u8.ToArray();

    private LoopbackVault _vault = null!;

    private NoteKey NoteKey => NoteKey.OfEcdsa("gate.example/log", _vault.Key);

    public async Task InitializeAsync() => _vault = await LoopbackVault.StartAsync();

    public Task DisposeAsync() => _vault.DisposeAsync().AsTask();

    [Fact]
    public async Task What_it_signs_verifies_however_its_numbers_begin()
    {
        // Of two hundred signatures some have an r or an s that begins with a zero byte, and half of them one that DER puts a zero byte before.
        var signer = Signer();
        for (var i = 0; i < 200; i++)
        {
            var text = BitConverter.GetBytes(i);
            var signature = await signer.SignAsync(text, default);
            NoteKey.Verify(text, signature).ShouldBeTrue();
        }

        _vault.Requests.ShouldBe(200);
    }

    [Fact]
    public async Task A_note_has_its_signature_beside_the_others()
    {
        var ed25519 = Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate("gate.example/log"))!;
        var note = await SignedNote.SignAsync(Text, [ed25519, Signer()], default);
        SignedNote.Open(note, [NoteKey]).ShouldBeOfType<NoteOutcome.Opened>().By.ShouldHaveSingleItem().ToString().ShouldBe(NoteKey.ToString());
        SignedNote.Open(note, [ed25519.Key, NoteKey]).ShouldBeOfType<NoteOutcome.Opened>().By.Length.ShouldBe(2);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(500)]
    public async Task One_that_is_busy_is_asked_again(int status)
    {
        _vault.Before = async (number, context) =>
        {
            if (number > 2)
            {
                return false;
            }

            context.Response.Headers.RetryAfter = "0";
            await LoopbackVault.RefuseAsync(context, status, "Throttled");
            return true;
        };
        var signature = await Signer().SignAsync(Text, default);
        NoteKey.Verify(Text, signature).ShouldBeTrue();
        _vault.Requests.ShouldBe(3);
    }

    [Theory]
    [InlineData(403, "Forbidden", "KeyDisabled", "403 KeyDisabled")]
    [InlineData(403, "Forbidden", "ForbiddenByRbac", "403 ForbiddenByRbac")]
    [InlineData(403, "Forbidden", null, "403 Forbidden")]
    [InlineData(404, "KeyNotFound", null, "404 KeyNotFound")]
    [InlineData(400, "BadParameter", null, "400 BadParameter")]
    [InlineData(403, "not a word <script>", null, "403 Forbidden")]
    public async Task One_that_refuses_is_quoted_and_not_asked_again(int status, string code, string? inner, string said)
    {
        _vault.Before = async (_, context) =>
        {
            await LoopbackVault.RefuseAsync(context, status, code, inner);
            return true;
        };
        (await FailureAsync()).ShouldBe($"Key Vault does not sign with {LoopbackVault.Address.Id}: {said}.");
        _vault.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_stays_busy_is_given_up()
    {
        _vault.Before = static async (_, context) =>
        {
            context.Response.Headers.RetryAfter = "0";
            await LoopbackVault.RefuseAsync(context, 429, "Throttled");
            return true;
        };
        (await FailureAsync()).ShouldContain("429 Throttled");
        _vault.Requests.ShouldBe(4);
    }

    [Fact]
    public async Task Lost_connections_are_tried_again()
    {
        _vault.Before = static (number, context) =>
        {
            if (number < 3)
            {
                context.Abort();
            }

            return Task.FromResult(number < 3);
        };
        var signature = await Signer().SignAsync(Text, default);
        NoteKey.Verify(Text, signature).ShouldBeTrue();
    }

    [Fact]
    public async Task One_that_never_answers_is_given_up_in_time_and_at_once_where_nobody_waits_any_more()
    {
        _vault.Before = static async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
            return true;
        };
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Should.ThrowAsync<OperationCanceledException>(async () => await Signer().SignAsync(Text, impatient.Token));
        var started = TimeProvider.System.GetTimestamp();
        var signer = new VaultKey(LoopbackVault.Address, new TestCredential(), _vault.Transport(), TimeSpan.FromSeconds(1));
        (await Should.ThrowAsync<StorageUnavailableException>(async () => await signer.SignAsync(SHA256.HashData(Text), default))).Message.ShouldStartWith("Key Vault does not sign with");
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_signature_by_another_version_is_none()
    {
        _vault.Told = told => (_vault.Kid(isNext: true), told.Value);
        (await FailureAsync()).ShouldContain("answered for another key");
    }

    [Fact]
    public async Task A_signature_that_does_not_verify_is_never_let_out()
    {
        _vault.Told = told => (told.Kid, _vault.SignWithAnother(SHA256.HashData(Text)));
        (await FailureAsync()).ShouldBe($"Key Vault signed with another key than {NoteKey}.");
        _vault.Told = static told => (told.Kid, told.Value[..63]);
        (await FailureAsync()).ShouldContain("not with 64 bytes");
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("""{"kid":1,"value":2}""")]
    [InlineData("""{"value":"AAAA"}""")]
    public async Task An_answer_of_something_else_is_none(string body)
    {
        _vault.Before = async (_, context) =>
        {
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, body);
            return true;
        };
        (await FailureAsync()).ShouldContain(LoopbackVault.Address.Id.AbsoluteUri);
    }

    [Fact]
    public async Task Without_an_identity_there_is_none()
    {
        var signer = new VaultNoteSigner(NoteKey, new(LoopbackVault.Address, new NoCredential(), _vault.Transport(), Patience));
        (await Should.ThrowAsync<StorageUnavailableException>(async () => await signer.SignAsync(Text, default))).Message.ShouldContain("CredentialUnavailableException");
        _vault.Requests.ShouldBe(0);
    }

    [Theory]
    [InlineData("https://kv-test.vault.azure.net/keys/log-ecdsa/0123456789abcdef0123456789abcdef", "https://vault.azure.net/.default")]
    [InlineData("https://kv-test.vault.azure.cn/keys/log-ecdsa/0123456789abcdef0123456789abcdef", "https://vault.azure.cn/.default")]
    [InlineData("https://kv-test.vault.azure.net/keys/log-ecdsa", null)]
    [InlineData("https://kv-test.vault.azure.net/secrets/log-ecdsa/0123456789abcdef0123456789abcdef", null)]
    [InlineData("http://kv-test.vault.azure.net/keys/log-ecdsa/0123456789abcdef0123456789abcdef", null)]
    [InlineData("https://kv-test.vault.azure.net.other.example/keys/log-ecdsa/0123456789abcdef0123456789abcdef", null)]
    [InlineData("https://other.example/keys/log-ecdsa/0123456789abcdef0123456789abcdef", null)]
    [InlineData("https://kv-test.vault.azure.net/keys/log-ecdsa/0123456789abcdef0123456789abcdef\n", null)]
    [InlineData(null, null)]
    public void A_token_is_asked_for_the_vaults_of_a_cloud_and_sent_nowhere_else(string? address, string? scope) => (VaultKeyAddress.Parse(address)?.Scope).ShouldBe(scope);

    private VaultNoteSigner Signer() => new(NoteKey, new(LoopbackVault.Address, new TestCredential(), _vault.Transport(), Patience));

    private async Task<string> FailureAsync() => (await Should.ThrowAsync<StorageUnavailableException>(async () => await Signer().SignAsync(Text, default))).Message;
}
