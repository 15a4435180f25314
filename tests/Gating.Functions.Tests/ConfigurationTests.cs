using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>A start with wrong settings ends in one message that names every one of them.</summary>
public sealed class ConfigurationTests
{
    private const string VaultKey = "gate.example/log+491843a4+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEZmIfEuYkszxlzWkFPDxH5FmLuuC727RqsmcXNVunKrfEBd2vg0Zyc2fJAMWvtDMNNykoYy0ieGkIe2W7sv6Y4=";
    private const string OtherVaultKey = "other.example/log+491843a4+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEZmIfEuYkszxlzWkFPDxH5FmLuuC727RqsmcXNVunKrfEBd2vg0Zyc2fJAMWvtDMNNykoYy0ieGkIe2W7sv6Y4=";

    private static readonly Dictionary<string, string?> Good = new(StringComparer.Ordinal)
    {
        ["PublicUrl"] = "https://gate.example",
        ["Storage:TableServiceUri"] = "https://account.table.core.windows.net",
        ["Storage:QueueServiceUri"] = "https://account.queue.core.windows.net",
        ["Storage:BlobServiceUri"] = "https://account.blob.core.windows.net",
        ["Keys:Data"] = Convert.ToBase64String(new byte[32]),
        ["Keys:GrantCurrent"] = DevelopmentKeys.NewGrantKey(),
        ["Keys:LogCurrent"] = Gating.Log.Notes.Ed25519NoteSigner.Generate("gate.example/log"),
        ["Log:LastKnownBlobServiceUri"] = "https://another.blob.core.windows.net",
    };

    [Fact]
    public async Task Good_settings_build() => await Build([]).DisposeAsync();

    [Fact]
    public async Task A_log_may_be_signed_in_a_vault_as_well()
    {
        await using var app = Build(new(StringComparer.Ordinal) { ["Keys:LogVault"] = VaultKey + " https://kv-gate.vault.azure.net/keys/log/0123456789abcdef0123456789abcdef" });
        app.Services.GetRequiredService<Gating.Log.Sealing.LogKeys>().Signers.Select(static signer => signer.Key.ToString()).Last().ShouldBe(VaultKey);
    }

    [Fact]
    public void Every_error_is_reported_at_once_and_no_secret_with_them()
    {
        var error = Should.Throw<ConfigurationException>(() => Build(new(StringComparer.Ordinal)
        {
            ["PublicUrl"] = "http://gate.example/",
            ["Storage:TableServiceUri"] = "nonsense",
            ["Storage:QueueServiceUri"] = null,
            ["Keys:Data"] = "c2VjcmV0LXRvby1zaG9ydA==",
            ["Keys:GrantCurrent"] = "-----BEGIN SECRET-----",
            ["RegistrySeed"] = "/nowhere/registry.json",
        }));
        error.Errors.Count.ShouldBe(6);
        error.Message.ShouldContain("Gating:PublicUrl is 'http://gate.example/'");
        error.Message.ShouldContain("Gating:Storage:TableServiceUri is 'nonsense'");
        error.Message.ShouldContain("Gating:Keys:Data is not 32 bytes");
        error.Message.ShouldNotContain("c2VjcmV0");
        error.Message.ShouldNotContain("BEGIN SECRET");
    }

    [Theory]
    [InlineData("Storage:TableServiceUri", "http://127.0.0.1:10002/devstoreaccount1", "developer's storage")]
    [InlineData("Development", "true", "not local storage")]
    [InlineData("Keys:DevelopmentFolder", "keys", "Development is off")]
    [InlineData("PublicUrl", "http://127.0.0.1:7080", "not an https origin")]
    [InlineData("Storage:TryTimeout", "00:01:00", "not 1 to 30 seconds")]
    [InlineData("SecurityContact", "security@gate.example", "not mailto: or an https address")]
    [InlineData("SecurityContact", "mailto:a@b.example\nCanonical: https://other.example", "not mailto: or an https address")]
    [InlineData("SecurityContact", "http://gate.example/report", "not mailto: or an https address")]
    public void Development_and_production_never_meet(string name, string value, string message) =>
        Should.Throw<ConfigurationException>(() => Build(new(StringComparer.Ordinal) { [name] = value })).Message.ShouldContain(message);

    [Theory]
    [InlineData("Keys:LogCurrent", null, "Gating:Keys:LogCurrent is missing")]
    [InlineData("Keys:LogCurrent", "PRIVATE+KEY+gate.example/log+00000000+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz", "not a key of the form PRIVATE+KEY+name+id+base64")]
    [InlineData("PublicUrl", "https://other.example", "a key of 'gate.example/log', and the log is 'other.example/log'")]
    [InlineData("Log:Origin", "log.example/2026", "and the log is 'log.example/2026'")]
    [InlineData("Keys:LogEcdsa", "-----BEGIN SECRET-----", "Gating:Keys:LogEcdsa is not the PEM")]
    [InlineData("Keys:LogFormer", "gate.example/log+1+x", "'gate.example/log+1+x', which is not a key")]
    [InlineData("Keys:LogVault", VaultKey, "Gating:Keys:LogVault is")]
    [InlineData("Keys:LogVault", "https://kv-gate.vault.azure.net/keys/log/0123456789abcdef0123456789abcdef", "not the key of 'gate.example/log'")]
    [InlineData("Keys:LogVault", VaultKey + " https://kv-gate.vault.azure.net/keys/log", "and https://…/keys/name/version of a vault")]
    [InlineData("Keys:LogVault", VaultKey + " http://127.0.0.1/keys/log/0123456789abcdef0123456789abcdef", "and https://…/keys/name/version of a vault")]
    [InlineData("Keys:LogVault", OtherVaultKey + " https://kv-gate.vault.azure.net/keys/log/0123456789abcdef0123456789abcdef", "not the key of 'gate.example/log'")]
    [InlineData("Log:Witnesses", "https://witness.example", "'https://witness.example', which is not a witness's own key")]
    [InlineData("Log:LastKnownBlobServiceUri", null, "Gating:Log:LastKnownBlobServiceUri is missing")]
    [InlineData("Log:LastKnownBlobServiceUri", "https://account.blob.core.windows.net", "not the https address of another account than account.blob.core.windows.net")]
    [InlineData("Log:LastKnownBlobServiceUri", "http://another.blob.core.windows.net", "not the https address of another account")]
    public void A_log_that_cannot_be_signed_or_remembered_is_not_begun(string name, string? value, string message)
    {
        var error = Should.Throw<ConfigurationException>(() => Build(new(StringComparer.Ordinal) { [name] = value }));
        error.Errors.ShouldHaveSingleItem().ShouldContain(message);
        error.Message.ShouldNotContain("AYEKFALV");
    }

    [Theory]
    [InlineData("on")]
    [InlineData("2")]
    [InlineData("")]
    public void Immutability_is_one_of_three_words(string value) =>
        Should.Throw<ConfigurationException>(() => Build(new(StringComparer.Ordinal) { ["Storage:Immutability"] = value })).Message.ShouldContain("not off, unlocked or locked");

    [Fact]
    public void The_next_key_must_be_another_one() =>
        Should.Throw<ConfigurationException>(() => Build(new(StringComparer.Ordinal) { ["Keys:GrantNext"] = Good["Keys:GrantCurrent"] })).Message.ShouldContain("the same as another one");

    [Theory]
    [InlineData("*")]
    [InlineData("https://portal.example, *")]
    public void Under_the_host_the_pages_of_every_origin_are_not_let_in(string origins) =>
        Should.Throw<ConfigurationException>(() => Build([], UnderTheHost(origins))).Errors.ShouldHaveSingleItem().ShouldContain("WEBSITE_CORS_ALLOWED_ORIGINS has '*'");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://portal.example,https://*.example")]
    public async Task Under_the_host_pages_of_origins_that_are_named_are(string? origins) => await Build([], UnderTheHost(origins)).DisposeAsync();

    private static Dictionary<string, string?> UnderTheHost(string? origins) => new(StringComparer.Ordinal) { ["FUNCTIONS_CUSTOMHANDLER_PORT"] = "50123", ["WEBSITE_CORS_ALLOWED_ORIGINS"] = origins };

    private static WebApplication Build(Dictionary<string, string?> changes, Dictionary<string, string?>? ofTheHost = null) => GateApp.Build([], builder =>
    {
        builder.Configuration.Sources.Clear();
        var settings = Good.Concat(changes).GroupBy(setting => setting.Key, StringComparer.Ordinal).ToDictionary(same => $"Gating:{same.Key}", same => same.Last().Value, StringComparer.Ordinal);
        builder.Configuration.AddInMemoryCollection([.. settings, .. ofTheHost ?? []]);
    });
}
