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
