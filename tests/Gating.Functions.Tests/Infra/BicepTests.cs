using Gating.Azure;
using Gating.Messages;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Infra;

/// <summary>The Bicep files hold to <see cref="InfraRules"/>, and each rule finds what it is for in a damaged copy.</summary>
public sealed class BicepTests
{
    [Fact]
    public async Task The_files_hold_to_every_rule()
    {
        var files = await BicepFile.ReadAsync(InfraFolder.Real);
        files.Select(static file => file.Name).ShouldContain("infra/main.bicep");
        files.SelectMany(static file => file.Resources).Count(static resource => !resource.IsExisting).ShouldBeGreaterThan(40);
        InfraRules.Faults(files).ShouldBeEmpty();
        files.ShouldAllBe(static file => file.Text.Split('\n', StringSplitOptions.None).Length <= 400);
    }

    [Theory]
    [InlineData("modules/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "allowSharedKeyAccess is true")]
    [InlineData("modules/storage.bicep", "    allowBlobPublicAccess: false\n", "", "allowBlobPublicAccess is missing")]
    [InlineData("modules/storage.bicep", "'TLS1_2'", "'TLS1_0'", "minimumTlsVersion is TLS1_0")]
    [InlineData("modules/storage.bicep", "minimumTlsVersion", "minTlsVersion", "minimumTlsVersion is missing")]
    [InlineData("modules/storage.bicep", "publicAccess: 'None'", "publicAccess: 'Blob'", "publicAccess is Blob")]
    [InlineData("modules/storage.bicep", "storageAccounts/tableServices@2025-08-01", "storageAccounts/tableServices@2021-01-01", "is of 2021-01-01")]
    [InlineData("modules/storage.bicep", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "b24988ac-6180-42a0-ab88-20f7382dd24c", "more than anything here needs")]
    [InlineData("modules/storage.bicep", "principalType: who.type", "isWhoever: who.type", "principalType is missing")]
    [InlineData("modules/storage.bicep", "scope: accounts[1]", "scope: account[1]", "'account' is declared nowhere")]
    [InlineData("modules/storage.bicep", "    allowedCopyScope: 'AAD'", "    allowedCopyScope: 'AAD'\n    allowPublicCopy: false", "has no member 'allowPublicCopy'")]
    [InlineData("modules/vault.bicep", "enablePurgeProtection: true", "enablePurgeProtection: false", "enablePurgeProtection is false")]
    [InlineData("modules/vault.bicep", "vaults@2026-02-01", "vaults@2024-11-01", "is of 2024-11-01, not 2026-02-01")]
    [InlineData("modules/monitor.bicep", "    DisableLocalAuth: disableKeys\n", "", "DisableLocalAuth is missing")]
    [InlineData("modules/monitor.bicep", "  tags: tags\n", "", "component has no tags")]
    [InlineData("modules/function.bicep", "httpsOnly: true", "httpsOnly: false", "httpsOnly is false")]
    [InlineData("modules/function.bicep", "ftpsState: 'Disabled'", "ftpsState: 'AllAllowed'", "ftpsState is AllAllowed")]
    [InlineData("modules/function.bicep", "allow: false", "allow: true", "scm.properties.allow is true")]
    [InlineData("modules/function.bicep", "component.properties.ConnectionString", "dataAccount.listKeys().keys[0].value", "calls 'listKeys'")]
    [InlineData("modules/function.bicep", "'https://${site.properties.defaultHostName}'", "'https://x.azurewebsites.net'", "the literal host 'x.azurewebsites.net'")]
    [InlineData("modules/function.bicep", "'${secret}/data)'", "'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='", "looks like a key")]
    [InlineData("modules/function.bicep", "name: 'custom'", "name: 'dotnet-isolated'", "runtime.name is dotnet-isolated")]
    [InlineData("modules/function.bicep", "output name string = site.name", "output key string = site.name", "may be a secret")]
    [InlineData("modules/network.bicep", "Microsoft.Network/privateDnsZones@2024-06-01", "Microsoft.Network/dnsZones@2018-05-01", "is not on the list")]
    [InlineData("main.bicep", "    token: token\n    sku: keyVaultSku\n", "    token: token\n", "is not given 'sku'")]
    [InlineData("main.bicep", "vaultId: vault.outputs.vaultId", "vaultId: vault.outputs.id", "has no output 'id'")]
    [InlineData("main.bicep", "'modules/vault.bicep'", "'modules/vaults.bicep'", "which is not there")]
    [InlineData("main.bicep", "@description('Who gets the alerts; empty: they fire and nobody is told.')\n", "", "'alertEmail' has no description")]
    [InlineData("main.bicep", "email: alertEmail", "email: ''", "'alertEmail' is not used")]
    [InlineData("main.bicep", "  scope: group\n  name: 'vault'\n", "  scope: = group\n  name: 'vault'\n", "not Bicep at line")]
    public async Task A_damage_is_found(string file, string what, string by, string fault)
    {
        using var copy = InfraFolder.Copy();
        copy.Damage($"infra/{file}", what, by);
        InfraRules.Faults(await BicepFile.ReadAsync(copy)).ShouldContain(found => found.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_table_queue_and_container_that_the_gate_uses_is_made_and_no_other()
    {
        var files = await BicepFile.ReadAsync(InfraFolder.Real);
        var storage = files.Single(static file => file.Name.EndsWith("/storage.bicep", StringComparison.Ordinal));
        var keys = new TableKeys("x");
        string[] Of(string ending) => [.. typeof(TableKeys).GetProperties().Where(property => property.Name.EndsWith(ending, StringComparison.Ordinal)).Select(property => ((string)property.GetValue(keys)!)[1..]).Order(StringComparer.Ordinal)];

        Listed(storage, "tables").ShouldBe(Of("Table"));
        Listed(storage, "queues").ShouldBe(QueueNames.All.Order(StringComparer.Ordinal));
        string[] apart = ["archive", "lastknown"];
        Listed(storage, "containers").Concat(apart).Order(StringComparer.Ordinal).ShouldBe(Of("Container"));
        storage.Resources.ShouldContain(static resource => resource.At("name") == "{\"$\":\"'${lower}archive'\"}");
    }

    [Fact]
    public async Task Parameters_from_the_environment_are_those_of_the_template()
    {
        var main = (await BicepFile.ReadAsync(InfraFolder.Real)).Single(static file => file.Name is "infra/main.bicep");
        using var json = System.Text.Json.JsonDocument.Parse(InfraFolder.Real.Read("infra/main.parameters.json"));
        var given = json.RootElement.GetProperty("parameters").EnumerateObject().Select(static member => member.Name).ToArray();
        given.Except(main.Declared, StringComparer.Ordinal).ShouldBeEmpty();
        given.ShouldContain("environmentName");
        given.ShouldContain("location");
        main.Json.GetProperty("targetScope").GetString().ShouldBe("subscription");
    }

    private static string[] Listed(BicepFile file, string variable) =>
        [.. file.Json.GetProperty("variables").GetProperty(variable).EnumerateArray().Select(static name => name.GetString()!).Order(StringComparer.Ordinal)];
}
