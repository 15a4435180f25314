using Gating.Functions.Tests.Local;
using Gating.Labels.Tests.Readers;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Infra;

/// <summary>The keys that <c>infra/new-keys.sh</c> makes are keys that the gate takes, and are never made a second time over the first.</summary>
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
        GateConfiguration.From(settings, errors).ShouldNotBeNull();
        errors.ShouldBeEmpty();

        var before = Read("data");
        (await Tool.RunAsync("bash", Script, keys, "gate.example/log")).ShouldNotBeNull().IsGood.ShouldBeFalse();
        Read("data").ShouldBe(before);
    }
}
