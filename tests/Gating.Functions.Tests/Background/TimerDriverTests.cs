using Gating.Functions.Background;
using Gating.Functions.Tests.World;
using Gating.Testing;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Background;

/// <summary>Our own driver of timed tasks, on a clock that the test moves.</summary>
public sealed class TimerDriverTests : IAsyncLifetime
{
    private readonly ManualTime _time = ManualTime.Stepped();
    private readonly CapturedLogs _logs = new();
    private readonly LoggerFactory _loggers;
    private readonly Timed _daily;
    private readonly Timed _broken;
    private readonly TimerDriver _driver;

    public TimerDriverTests()
    {
        _loggers = new([_logs]);
        _daily = new(_time, "daily", TimeSpan.FromDays(1), fails: false);
        _broken = new(_time, "broken", TimeSpan.FromDays(1), fails: true);
        _driver = new([_daily, _broken], _time, _loggers.CreateLogger<TimerDriver>());
    }

    public Task InitializeAsync() => _driver.StartAsync(default);

    public async Task DisposeAsync()
    {
        await _driver.StopAsync(new CancellationToken(canceled: true));
        _driver.Dispose();
        _loggers.Dispose();
    }

    [Fact]
    public async Task A_task_runs_a_minute_after_the_start_and_then_once_in_its_period_and_one_that_fails_after_five_minutes()
    {
        await Eventually.TrueAsync(() => _time.Waiting == 2);
        await PassAsync(TimeSpan.FromMinutes(1), daily: 1, broken: 1);
        await PassAsync(TimeSpan.FromMinutes(5), daily: 1, broken: 2);
        await PassAsync(TimeSpan.FromMinutes(5), daily: 1, broken: 3);
        await PassAsync(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(11), daily: 1, broken: 4);
        await PassAsync(TimeSpan.FromMinutes(2), daily: 2, broken: 4);
        _logs.Lines.ShouldContain(static line => line.Contains("broken failed (StorageUnavailableException)", StringComparison.Ordinal));
    }

    private async Task PassAsync(TimeSpan time, int daily, int broken)
    {
        _time.Pass(time);
        await Eventually.TrueAsync(() => _daily.Runs == daily && _broken.Runs == broken && _time.Waiting == 2);
    }

    private sealed class Timed(TimeProvider time, string name, TimeSpan period, bool fails) : ITimedTask
    {
        private int _runs;

        public string Name => name;

        public TimeSpan Period => period;

        public int Runs => Volatile.Read(ref _runs);

        public Task RunAsync(CancellationToken cancellation)
        {
            time.GetUtcNow().ShouldBeGreaterThan(ManualTime.Noon);
            Interlocked.Increment(ref _runs);
            return fails ? throw new StorageUnavailableException("down") : Task.CompletedTask;
        }
    }
}
