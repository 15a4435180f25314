using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Azure.Storage.Queues;
using Gating.Local;
using Gating.Local.Storage;
using Gating.Testing.Processes;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Local;

public sealed class AzuriteProcessTests
{
    [Fact]
    public async Task It_answers_on_all_three_services_and_leaves_no_process()
    {
        var azurite = await StartAsync(new AzuriteOptions());
        using var http = new HttpClient();
        foreach (var service in new[] { azurite.Blob, azurite.Queue, azurite.Table })
        {
            service.Host.ShouldBe("127.0.0.1");
            using var answer = await http.GetAsync(service);
            answer.Headers.Server.ToString().ShouldStartWith("Azurite");
        }

        await azurite.DisposeAsync();

        ShouldBeGone(azurite.ProcessId);
    }

    [Fact]
    public async Task Data_in_a_folder_outlives_it()
    {
        using var folder = new TemporaryFolder();
        await using (var first = await StartAsync(new AzuriteOptions(folder.Path)))
        {
            await new QueueClient(first.ConnectionString, "kept").CreateAsync();
        }

        await using var second = await StartAsync(new AzuriteOptions(folder.Path));
        (await new QueueClient(second.ConnectionString, "kept").ExistsAsync()).Value.ShouldBeTrue();
    }

    [Fact]
    public async Task A_port_in_use_is_one_sentence()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var failure = await Should.ThrowAsync<SetupException>(() => StartAsync(new AzuriteOptions(TablePort: port)));

        failure.Message.ShouldBe($"Port {port} on 127.0.0.1 is in use, so Azurite cannot start there; end what uses it or choose another with --port.");
    }

    [Fact]
    public async Task Its_end_is_reported()
    {
        await using var azurite = await StartAsync(new AzuriteOptions());
        azurite.Ending.IsCompleted.ShouldBeFalse();

        using (var process = Process.GetProcessById(azurite.ProcessId))
        {
            process.Kill();
        }

        (await azurite.Ending.WaitAsync(TimeSpan.FromSeconds(60))).ShouldStartWith("Azurite ended with exit code 137");
    }

    private static async Task<AzuriteProcess> StartAsync(AzuriteOptions options) =>
        await AzuriteProcess.StartAsync(await SharedProcesses.NodeAsync(), options, CancellationToken.None);

    internal static void ShouldBeGone(int processId) => Should.Throw<ArgumentException>(() => Process.GetProcessById(processId).Dispose());
}
