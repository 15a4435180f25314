using System.Buffers.Text;
using System.Security.Cryptography;
using Gating.Functions.Tests.Local;
using Gating.Labels.Tests.Readers;
using Gating.Log.Notes;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Infra;

/// <summary>The keys that <c>infra/new-keys.sh</c> makes are keys that the gate takes, and are never made a second time over the first; so is what <c>infra/vault-key.sh</c> makes of a key that stays in the vault.</summary>
public sealed class NewKeysTests
{
    private static string Script => Path.Combine(InfraFolder.Real.Root, "infra", "new-keys.sh");

    [ShellFact("bash", "openssl")]
    public async Task The_gate_takes_each_of_them_and_none_is_overwritten()
    {
        using var folder = new TemporaryFolder();
        var keys = folder.File("keys");
        (await Tool.RunAsync("bash", Script, keys, "gate.example/log")).ShouldNotBeNull().IsGood.ShouldBeTrue();
        string Read(string name) => File.ReadAllText(Path.Combine(keys, name));
        var settings = new GateSettings
        {
            PublicUrl = "https://gate.example",
            Keys = new() { Data = Read("data"), GrantCurrent = Read("grant-current"), LogCurrent = Read("log-current"), SignalsCurrent = Read("signals-current") },
        };
        var errors = new List<string>();
        GateKeys.Read(settings, errors).ShouldNotBeNull();
        errors.ShouldBeEmpty();

        var before = Read("data");
        (await Tool.RunAsync("bash", Script, keys, "gate.example/log")).ShouldNotBeNull().IsGood.ShouldBeFalse();
        Read("data").ShouldBe(before);
    }

    [ShellFact("bash", "openssl")]
    public async Task A_data_key_that_is_wrapped_is_opened_by_that_key_alone()
    {
        using var folder = new TemporaryFolder();
        using var vault = RSA.Create(3072);
        const string place = "https://kv-gating.vault.azure.net/keys/data-key/0123456789abcdef0123456789abcdef";
        var (data, pem, key) = (folder.File("data"), folder.File("data-key.pem"), RandomNumberGenerator.GetBytes(32));
        await File.WriteAllTextAsync(data, Convert.ToBase64String(key));
        await File.WriteAllTextAsync(pem, vault.ExportSubjectPublicKeyInfoPem());
        async Task<(bool IsGood, string Output)> WrapAsync(string of, string at) =>
            (await Tool.RunAsync("bash", Path.Combine(InfraFolder.Real.Root, "infra", "wrap-data-key.sh"), of, pem, at)).ShouldNotBeNull();

        var (isGood, line) = await WrapAsync(data, place);
        isGood.ShouldBeTrue(line);
        line.TrimEnd('\n').Split(' ').ShouldBe([line[..512], place]);
        vault.Decrypt(Base64Url.DecodeFromChars(line.AsSpan(0, 512)), RSAEncryptionPadding.OaepSHA256).ShouldBe(key);

        (await WrapAsync(data, "https://kv-gating.vault.azure.net/keys/data-key")).IsGood.ShouldBeFalse();
        (await WrapAsync(pem, place)).IsGood.ShouldBeFalse();
    }

    [ShellFact("bash", "openssl")]
    public async Task What_the_vault_shows_of_a_key_becomes_the_line_that_the_gate_takes()
    {
        using var folder = new TemporaryFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (point, id) = (key.ExportParameters(includePrivateParameters: false).Q, "https://kv-gating.vault.azure.net/keys/log-ecdsa/0123456789abcdef0123456789abcdef");
        string Shown(string curve) => $$"""
            {
              "attributes": {
                "enabled": true
              },
              "key": {
                "crv": "{{curve}}",
                "kid": "{{id}}",
                "kty": "EC",
                "x": "{{Base64Url.EncodeToString(point.X)}}",
                "y": "{{Base64Url.EncodeToString(point.Y)}}"
              }
            }
            """;
        async Task<(bool IsGood, string Output)> MakeAsync(string shown)
        {
            var file = folder.File("key.json");
            await File.WriteAllTextAsync(file, shown);
            return (await Tool.RunAsync("bash", "-c", $"'{InfraFolder.Real.Root}/infra/vault-key.sh' gate.example/log <'{file}'")).ShouldNotBeNull();
        }

        (await MakeAsync(Shown("P-256"))).ShouldBe((true, $"{NoteKey.OfEcdsa("gate.example/log", key)} {id}\n"));
        (await MakeAsync(Shown("P-384"))).IsGood.ShouldBeFalse();
        (await MakeAsync("{}")).IsGood.ShouldBeFalse();
    }
}
