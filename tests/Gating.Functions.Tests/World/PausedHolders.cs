using System.Diagnostics;
using Gating.Testing.Log;
using Xunit;

namespace Gating.Functions.Tests.World;

/// <summary>
/// Holders of the sealer's lease who stand still (SIGSTOP), each in the middle of a seal and in a world of its own, from before the first test of a class until somebody asks, 90 s later at the soonest: twice as long as
/// their lease. Others go on meanwhile. It costs no processor time worth the name, and no time of a test that comes last.
/// </summary>
public sealed class PausedHolders(CrashPointsBuild build) : IAsyncLifetime
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(90);

    /// <summary>For one of them to reach its point, on a machine that other tests keep busy.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Dictionary<string, Task<PausedHolder>> _holders = new(StringComparer.Ordinal);

    /// <summary>Points at which one stands still: before the commit, after it, and between the two checkpoints.</summary>
    public static TheoryData<string> Points { get; } = ["after-staging", "after-state", "after-last-known"];

    public Task InitializeAsync()
    {
        var before = Task.CompletedTask;
        foreach (var point in Points)
        {
            before = _holders[point] = StartAsync(point, before);
        }

        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var holder in _holders.Values)
        {
            await ((Task)holder).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (holder.IsCompletedSuccessfully)
            {
                await (await holder).DisposeAsync();
            }
        }
    }

    /// <summary>The holder that stands still there.</summary>
    internal Task<PausedHolder> OfAsync(string point) => _holders[point];

    /// <summary>One after the other: their starts are what costs.</summary>
    private async Task<PausedHolder> StartAsync(string point, Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await PausedHolder.StartAsync(build.Program, point, Limit);
    }
}

/// <summary>One of them, and its world.</summary>
internal sealed class PausedHolder : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly LogScene _scene;
    private readonly GateProcess _process;
    private readonly Stopwatch _stopped = new();
    private Uri _other = null!;
    private Task _asking = Task.CompletedTask;

    private PausedHolder(LogScene scene, GateProcess process) => (_scene, _process) = (scene, process);

    public TimeSpan Paused => _stopped.Elapsed;

    /// <summary>Checkpoints that were published while it stood still.</summary>
    public int SealedMeanwhile { get; private set; }

    public ServedLog Served => _scene.Served;

    public BusyPersons Persons => _scene.Persons;

    public static async Task<PausedHolder> StartAsync(string program, string point, TimeSpan limit)
    {
        var scene = await LogScene.StartAsync(persons: 2, pause: TimeSpan.FromMilliseconds(250));
        var holder = new PausedHolder(scene, await GateProcess.StartAsync(scene.World, program, new(StopAt: point, DrivesItself: true)));
        try
        {
            await holder.StopAsync(limit);
            return holder;
        }
        catch
        {
            await holder.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets it go on when its time is over, with the others, for as long as its late calls may take.</summary>
    public async Task ResumeAsync(TimeSpan pause, TimeSpan together)
    {
        await Task.Delay(pause > Paused ? pause - Paused : TimeSpan.Zero);
        SealedMeanwhile = Served.Seen - SealedMeanwhile;
        _stopped.Stop();
        await _process.ResumeAsync();
        await Task.Delay(together);
        await _over.CancelAsync();
        await _asking;
    }

    /// <summary>It serves as if nothing had been, and so does the log.</summary>
    public async Task<PlainLog> ShouldEndWellAsync()
    {
        var log = await _scene.ShouldEndWellAsync(_process.Address);
        LogScene.ShouldBeCalm(_process.Output);
        return log;
    }

    private async Task StopAsync(TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit);
        await _scene.Persons.AskOnceAsync(_scene.World.Addresses[0]);
        while (!_process.IsStopped)
        {
            await Task.Delay(20, late.Token);
        }

        (SealedMeanwhile, _other) = (Served.Seen, await _scene.World.AddDrivenInstanceAsync());
        _stopped.Start();
        _asking = _scene.Persons.AskAsync(() => _other, TimeSpan.FromSeconds(1), _over.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _asking;
        await _process.DisposeAsync();
        await _scene.DisposeAsync();
        _over.Dispose();
    }
}
