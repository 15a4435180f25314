using System.Security.Cryptography;
using Gating.Azure.Vault;
using Gating.Ledger;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gating.Azure.Tests.Vault;

/// <summary>The data key, opened by a key in Key Vault: exactly what was wrapped for that version of it, or nothing and the vault's own word for why.</summary>
public sealed class VaultUnwrapperTests : IAsyncLifetime
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(OperatorKey.Size);
    private LoopbackVault _vault = null!;

    private byte[] Wrapped => LoopbackVault.WrappingKey.Encrypt(_key, RSAEncryptionPadding.OaepSHA256);

    public async Task InitializeAsync() => _vault = await LoopbackVault.StartAsync();

    public Task DisposeAsync() => _vault.DisposeAsync().AsTask();

    [Fact]
    public async Task It_opens_what_was_wrapped_for_it()
    {
        (await Unwrapper().UnwrapAsync(Wrapped, default)).ShouldBe(_key);
        _vault.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_wrapped_for_another_key_or_otherwise_stays_closed()
    {
        using var other = RSA.Create(3072);
        (await FailureAsync(other.Encrypt(_key, RSAEncryptionPadding.OaepSHA256))).ShouldBe($"Key Vault does not unwrap with {LoopbackVault.WrappingAddress.Id}: 400 BadParameter.");
        (await FailureAsync(LoopbackVault.WrappingKey.Encrypt(_key, RSAEncryptionPadding.OaepSHA1))).ShouldContain("400 BadParameter");
    }

    [Fact]
    public async Task What_is_no_key_of_32_bytes_is_none()
    {
        (await FailureAsync(LoopbackVault.WrappingKey.Encrypt(_key[..31], RSAEncryptionPadding.OaepSHA256))).ShouldContain("not with 32 bytes");
        (await FailureAsync(LoopbackVault.WrappingKey.Encrypt([.. _key, 0], RSAEncryptionPadding.OaepSHA256))).ShouldContain("not with 32 bytes");
    }

    [Fact]
    public async Task What_another_version_says_is_not_taken()
    {
        _vault.Told = told => (_vault.Kid(isNext: true, key: "data-key"), told.Value);
        (await FailureAsync(Wrapped)).ShouldContain("answered for another key");
    }

    [Theory]
    [InlineData(403, "Forbidden", "KeyDisabled", "403 KeyDisabled")]
    [InlineData(403, "Forbidden", "ForbiddenByRbac", "403 ForbiddenByRbac")]
    [InlineData(404, "KeyNotFound", null, "404 KeyNotFound")]
    public async Task One_that_refuses_is_quoted_and_not_asked_again(int status, string code, string? inner, string said)
    {
        _vault.Before = async (_, context) =>
        {
            await LoopbackVault.RefuseAsync(context, status, code, inner);
            return true;
        };
        (await FailureAsync(Wrapped)).ShouldBe($"Key Vault does not unwrap with {LoopbackVault.WrappingAddress.Id}: {said}.");
        _vault.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_is_busy_is_asked_again()
    {
        _vault.Before = static async (number, context) =>
        {
            if (number > 2)
            {
                return false;
            }

            context.Response.Headers.RetryAfter = "0";
            await LoopbackVault.RefuseAsync(context, StatusCodes.Status429TooManyRequests, "Throttled");
            return true;
        };
        (await Unwrapper().UnwrapAsync(Wrapped, default)).ShouldBe(_key);
        _vault.Requests.ShouldBe(3);
    }

    [Fact]
    public async Task One_that_never_answers_is_given_up()
    {
        _vault.Before = static async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
            return true;
        };
        var impatient = new VaultKey(LoopbackVault.WrappingAddress, new TestCredential(), _vault.Transport(), TimeSpan.FromSeconds(1));
        (await Should.ThrowAsync<StorageUnavailableException>(async () => await impatient.UnwrapAsync(Wrapped, default))).Message.ShouldStartWith("Key Vault does not unwrap with");
    }

    [Fact]
    public async Task Without_an_identity_nothing_is_asked()
    {
        var nobody = new VaultKey(LoopbackVault.WrappingAddress, new NoCredential(), _vault.Transport(), TimeSpan.FromSeconds(60));
        (await Should.ThrowAsync<StorageUnavailableException>(async () => await nobody.UnwrapAsync(Wrapped, default))).Message.ShouldContain("CredentialUnavailableException");
        _vault.Requests.ShouldBe(0);
    }

    private VaultKey Unwrapper() => new(LoopbackVault.WrappingAddress, new TestCredential(), _vault.Transport(), TimeSpan.FromSeconds(60));

    private async Task<string> FailureAsync(byte[] wrapped) => (await Should.ThrowAsync<StorageUnavailableException>(async () => await Unwrapper().UnwrapAsync(wrapped, default))).Message;
}
