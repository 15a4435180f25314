using System.Text.RegularExpressions;
using Gating.Messages;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Hosting;

/// <summary>What is published says the same as what is served: every route, method, queue and timer, in both directions, and nothing else lies beside it.</summary>
[Collection(HostedGates.Name)]
public sealed partial class PackageTests(HostedGate gate)
{
    private IReadOnlyList<FunctionFile> Functions => gate.Host.Functions;

    private IReadOnlyList<string> Served => gate.World.Routes;

    private List<string> Listed => [.. Functions.Where(static function => function.IsHttp).SelectMany(static function => function.Methods.Select(method => $"{method} /{function.Route}"))];

    [Fact]
    public void Every_route_and_method_is_a_function_and_every_function_a_route()
    {
        Served.Except(Listed, StringComparer.Ordinal).ShouldBeEmpty("served, and no function.json leads there");
        Listed.Except(Served, StringComparer.Ordinal).ShouldBeEmpty("a function.json leads there, and nothing is served");
        Listed.ShouldBeUnique();
    }

    [Fact]
    public void Each_route_is_one_function_open_to_whom_the_gate_itself_lets_in()
    {
        var http = Functions.Where(static function => function.IsHttp).ToList();
        http.Select(static function => function.Route).ShouldBeUnique();
        http.ShouldAllBe(static function => function.Trigger.GetProperty("authLevel").GetString() == "anonymous");
        http.Select(static function => function.Route).ShouldAllBe(static route => !route.Contains('*', StringComparison.Ordinal));
        http.Select(static function => function.Name).ShouldBe(http.Select(static function => Dashes().Replace(function.Route, "-").Trim('-').ToLowerInvariant()), "a function is called after its route");
    }

    [Fact]
    public void No_route_can_lead_to_an_invocation()
    {
        var invoked = Functions.Where(static function => !function.IsHttp).Select(static function => function.Name).ToList();

        // An invocation's path has one segment; a route of one segment must be another word, and none a parameter.
        var single = Functions.Where(static function => function.IsHttp && !function.Route.Contains('/', StringComparison.Ordinal)).Select(static function => function.Route).ToList();
        single.ShouldAllBe(static route => !route.Contains('{', StringComparison.Ordinal));
        single.Intersect(invoked, StringComparer.OrdinalIgnoreCase).ShouldBeEmpty();
    }

    [Fact]
    public void Every_queue_has_its_function_and_one_for_what_the_host_gave_up_on()
    {
        var queues = gate.World.Services.GetRequiredService<MessageIntake>().Queues;
        Functions.Where(static function => function.IsQueue).Select(static function => function.Name).ShouldBe(queues.SelectMany(static queue => new[] { queue, queue + "-poison" }), ignoreOrder: true);
        Functions.Where(static function => function.IsQueue).ShouldAllBe(static function => function.QueueName == function.Name && function.IsBinary && function.Binding == "message");
        queues.ShouldBe(QueueNames.All, ignoreOrder: true);
    }

    [Fact]
    public void Every_timed_task_has_its_timer_at_its_own_pace_and_none_runs_more_often_than_every_five_minutes()
    {
        var tasks = gate.World.Services.GetServices<ITimedTask>().ToDictionary(static task => task.Name, StringComparer.Ordinal);
        var timers = Functions.Where(static function => function.IsTimer).ToList();
        timers.Select(static timer => timer.Name).ShouldBe(tasks.Keys, ignoreOrder: true);
        tasks.Keys.ShouldBe(TimedTaskNames.All, ignoreOrder: true);
        foreach (var timer in timers)
        {
            var gaps = Schedule.GapsOf(timer.Schedule);
            gaps.ShouldAllBe(gap => gap == tasks[timer.Name].Period, timer.Name);
            gaps.Min().ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public void VisibilityTimeout_0_would_burn_all_attempts_at_once_so_the_host_waits_and_tries_as_often_as_the_gate_counts()
    {
        var settings = HostSettings.Read(gate.Folder);
        (settings.MaxDequeueCount, settings.VisibilityTimeout, settings.IsBase64, settings.RoutePrefix).ShouldBe((MessageIntake.MaxDeliveries, TimeSpan.FromSeconds(30), false, string.Empty));
        (settings.FunctionTimeout - Gating.Functions.Hosting.Invocations.Longest).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(5), "the gate stops by itself before the host kills everybody's requests with it");
    }

    [Fact]
    public void Nothing_is_published_but_one_executable_file_and_what_the_host_reads()
    {
        Directory.GetFiles(gate.Folder).Select(Path.GetFileName).ShouldBe(["Gating.Functions", "host.json"], ignoreOrder: true);
        Directory.GetDirectories(gate.Folder).ShouldAllBe(static folder => Directory.GetFileSystemEntries(folder).Length == 1 && File.Exists(Path.Combine(folder, "function.json")));
        Directory.GetFiles(gate.Folder, "*.json", SearchOption.AllDirectories).Length.ShouldBe(Functions.Count + 1);
        if (!OperatingSystem.IsWindows())
        {
            var mode = File.GetUnixFileMode(Path.Combine(gate.Folder, "Gating.Functions"));
            mode.ShouldBe(mode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            foreach (var file in Directory.GetFiles(gate.Folder, "*.json", SearchOption.AllDirectories))
            {
                File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead).ShouldBeTrue(file);
            }
        }
    }

    [GeneratedRegex("[^a-zA-Z0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Dashes();
}
