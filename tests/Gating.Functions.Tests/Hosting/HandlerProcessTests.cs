using System.Diagnostics;
using System.Globalization;
using System.Net.NetworkInformation;
using Gating.Functions.Tests.Local;
using Gating.Testing;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Hosting;

/// <summary>The process that the host starts: where it listens, what it says, and how it ends.</summary>
[Collection(HostedGates.Name)]
public sealed class HandlerProcessTests(HostedGate gate)
{
    private static readonly string[] Severities = ["fail: ", "crit: "];

    [Fact]
    public void Inherited_ASPNETCORE_URLS_are_ignored_and_the_hosts_port_alone_is_listened_on()
    {
        gate.Host.Handler.Said.ShouldContain($"Now listening on: {gate.Host.Handler.Address.AbsoluteUri.TrimEnd('/')}");
        gate.Host.Handler.Said.Split("Now listening on").Length.ShouldBe(gate.Host.Handler.Starts + 1);
        gate.Host.Handler.Said.ShouldNotContain("Overriding");
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == gate.Host.Handler.Port).ShouldAllBe(static listener => listener.Address.ToString() == "127.0.0.1");
    }

    [Fact]
    public void The_readiness_probe_is_answered_with_nothing() => gate.Host.Handler.Current.ReadyStatus.ShouldBe(404);

    [Fact]
    public async Task Only_errors_are_written_to_standard_error_a_line_each()
    {
        await gate.Studio.GetAsync("/healthz");
        gate.Host.Handler.Current.Output.ShouldNotBeEmpty();
        gate.Host.Handler.Current.Errors.ShouldAllBe(static line => Severities.Any(severity => line.StartsWith(severity, StringComparison.Ordinal)));
        gate.Host.Handler.Current.Output.ShouldAllBe(static line => !Severities.Any(severity => line.StartsWith(severity, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Gating__PublicUrl", "nonsense", "Gating:PublicUrl")]
    [InlineData("Gating__Storage__Prefix", "t1", "without one")]
    [InlineData("Gating__DrivesItself", "true", "the Functions host drives")]
    [InlineData("Gating__RegistrySeed", "not json", "")]
    public async Task Exit_code_0_is_never_that_of_a_fatal_error(string name, string value, string said)
    {
        using var folder = new TemporaryFolder();
        if (name.EndsWith("Seed", StringComparison.Ordinal))
        {
            await File.WriteAllTextAsync(folder.File("seed.json"), value);
            value = folder.File("seed.json");
        }

        await using var process = Start(name, value);
        (await process.EndedAsync().WaitAsync(TimeSpan.FromMinutes(1))).ShouldNotBe(0);
        string.Join('\n', process.Errors).ShouldContain(said);
    }

    [Fact]
    public async Task Exit_code_0_is_not_that_of_an_end_which_the_host_did_not_ask_for()
    {
        await using var process = Start("Logging__LogLevel__Default", "Information");
        using var http = new HttpClient();
        (await process.ReadyAsync(http, process.Port)).ShouldBeTrue();
        using (var kill = Process.Start("sh", ["-c", $"kill -TERM {process.Id.ToString(CultureInfo.InvariantCulture)}"]))
        {
            await kill.WaitForExitAsync();
        }

        (await process.EndedAsync().WaitAsync(TimeSpan.FromMinutes(1))).ShouldNotBe(0);
    }

    /// <summary>The host starts a handler that crashed again, on the same port, and after the third crash no more: its requests fail until an operator looks.</summary>
    [Fact]
    public async Task A_handler_that_crashes_comes_back_and_after_the_third_crash_it_does_not()
    {
        await using var slot = await HandlerSlot.StartAsync(gate.Folder, HostSettings.Read(gate.Folder), gate.Environment);
        using var http = new HttpClient();
        for (var crashes = 1; crashes < 3; crashes++)
        {
            await slot.KillAsync();
            await Eventually.TrueAsync(() => slot.Starts == crashes + 1);
            (await slot.Ready).ShouldBeTrue();
            (await http.GetAsync(new Uri(slot.Address, "/healthz"))).IsSuccessStatusCode.ShouldBeTrue();
            slot.HasGivenUp.ShouldBeFalse();
        }

        await slot.KillAsync();
        await Eventually.TrueAsync(() => slot.HasGivenUp);
        slot.Starts.ShouldBe(3);
        await Should.ThrowAsync<HttpRequestException>(http.GetAsync(new Uri(slot.Address, "/healthz")));
    }

    private HandlerProcess Start(string name, string value) => HandlerProcess.Start(
        Path.Combine(gate.Folder, "Gating.Functions"), gate.Folder, HandlerSlot.FreePort(), new Dictionary<string, string?>(gate.Environment, StringComparer.Ordinal) { [name] = value });
}
