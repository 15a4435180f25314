using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Testing;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>The process is killed between each two steps of a generation and of an output, and started again: the same requests find one file, one entry and one charge.</summary>
[Collection(KilledProcesses.Name)]
public sealed class CrashTests(CrashPointsBuild build)
{
    /// <summary>As a shell reports SIGKILL, and .NET with it.</summary>
    private const int Killed = 137;

    [Theory]
    [InlineData("before-redeemed", 0, 1)]
    [InlineData("after-redeemed", 0, 2)]
    [InlineData("before-file", 0, 2)]
    [InlineData("after-file", 1, 2)]
    [InlineData("after-archived", 1, 3)]
    public async Task Whatever_a_kill_leaves_the_same_requests_go_on_from_there(string point, int files, int entries)
    {
        await using var world = await GateWorld.StartAsync(registry: static registry => registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling());
        string grant;
        await using (var dying = await GateProcess.StartAsync(world, build.Program, new(DieAt: point)))
        {
            grant = (await new TokenCall(world.Http, dying.Address, world.IdToken("alice")).GrantAsync());
            await Should.ThrowAsync<HttpRequestException>(async () => await HandInAsync(new(world.Http, dying.Address), grant));
            (await dying.EndedAsync()).ShouldBe(Killed);
        }

        var stream = await world.StreamOfAsync("alice");
        (await world.ArchivedNamesAsync()).Count.ShouldBe(files);
        (await world.EntriesAsync(stream)).Count.ShouldBe(entries);
        await world.ShouldBeSoundAsync(stream);

        await using var again = await GateProcess.StartAsync(world, build.Program);
        var studio = new StudioCall(world.Http, again.Address);
        var put = await HandInAsync(studio, grant);
        put.Status.ShouldBe(entries == 3 ? 200 : 201, put.ToString());
        (await world.ArchivedNamesAsync()).ShouldBe([put.Text("content_id")]);
        (await world.EntriesAsync(stream)).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived]);
        (await world.Ledger.ReadHeadAsync(stream, default))!.Head.State.Windows.ShouldHaveSingleItem().Used.ShouldBe(1);
        await world.ShouldBeSoundAsync(stream);
        var got = await studio.GetAsync(put.Text("file"));
        got.Status.ShouldBe(200);
        await world.LogAsync();
        (await studio.IdentifyAsync(got.Bytes)).Text("record").ShouldBe("identical");
        (await studio.IdentifyAsync(TinyPng.Of(1))).Text("record").ShouldBe("original");
    }

    [Theory]
    [InlineData("before-file")]
    [InlineData("after-file")]
    public async Task What_a_kill_leaves_and_nobody_takes_up_is_swept_when_its_time_is_over(string point)
    {
        await using var world = await GateWorld.StartAsync(registry: static registry => registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling());
        await using (var dying = await GateProcess.StartAsync(world, build.Program, new(DieAt: point)))
        {
            var grant = (await new TokenCall(world.Http, dying.Address, world.IdToken("alice")).GrantAsync());
            await Should.ThrowAsync<HttpRequestException>(async () => await HandInAsync(new(world.Http, dying.Address), grant));
            (await dying.EndedAsync()).ShouldBe(Killed);
        }

        var sweeps = new TimedTasks(world);
        (await sweeps.SweepAsync()).Gone.ShouldBe(0);
        sweeps.Time.Pass(TimeSpan.FromHours(48));
        (await sweeps.SweepAsync()).Gone.ShouldBe(point is "after-file" ? 1 : 0);
        (await world.ArchivedNamesAsync()).ShouldBeEmpty();
        var stream = await world.StreamOfAsync("alice");
        (await world.EntriesAsync(stream)).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed]);
        await world.ShouldBeSoundAsync(stream);
    }

    [Fact]
    public void The_build_that_everybody_gets_has_no_crash_point_to_reach()
    {
        CallsCrashPoint(typeof(Entry).Assembly.Location).ShouldBeFalse();
        CallsCrashPoint(Path.Combine(Path.GetDirectoryName(build.Program)!, "Gating.dll")).ShouldBeTrue();
    }

    [Fact]
    public void Every_crash_point_has_its_row()
    {
        var points = typeof(Entry).Assembly.GetType("Gating.CrashPoint")!.GetFields().Where(static field => field.IsLiteral).Select(static field => (string)field.GetRawConstantValue()!);
        var rows = new[] { typeof(CrashTests), typeof(LogCrashTests) }.SelectMany(static tests => tests.GetMethods())
            .SelectMany(static test => test.GetCustomAttributes<InlineDataAttribute>().SelectMany(row => row.GetData(test)).Select(static row => row[0])).OfType<string>();
        points.Except(rows, StringComparer.Ordinal).ShouldBeEmpty();
    }

    private static async Task<StudioCall.Answer> HandInAsync(StudioCall studio, string grant)
    {
        var upload = StudioCall.UploadOf(await UnlessBusyAsync(() => studio.BeginAsync(grant)));
        return await UnlessBusyAsync(() => studio.PutAsync(upload, TinyPng.Of(1)));
    }

    // As apps do: a gate that has just started on a machine with other work may say "not now", and the same request again must find what was done all the same.
    private static async Task<StudioCall.Answer> UnlessBusyAsync(Func<Task<StudioCall.Answer>> request)
    {
        for (var tries = 1; ; tries++)
        {
            var answer = await request();
            if (answer.Status != 503 || tries == 10)
            {
                return answer;
            }

            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    // A crash point's name is in the strings that methods load only where one of them passes it on.
    private static bool CallsCrashPoint(string assembly)
    {
        using var file = File.OpenRead(assembly);
        using var pe = new PEReader(file);
        var metadata = pe.GetMetadataReader();
        for (var handle = MetadataTokens.UserStringHandle(1); !handle.IsNil; handle = metadata.GetNextHandle(handle))
        {
            if (metadata.GetUserString(handle) is "after-file")
            {
                return true;
            }
        }

        return false;
    }
}
