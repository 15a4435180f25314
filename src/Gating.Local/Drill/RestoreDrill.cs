using System.Globalization;
using System.Net;
using System.Text.Json;
using Gating.Local.Walk;

namespace Gating.Local.Drill;

/// <summary>
/// Backup and restore as an operator would do it, on this machine: the data account is lost and restored, the account with the last known checkpoint is another and is not. A backup of the last moment serves again; an older one
/// is refused, because the log was signed beyond it.
/// </summary>
internal sealed class RestoreDrill(LocalOptions options, WalkReport report)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Longer than a seal may be behind what it is to seal.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(3);

    private readonly string _folder = Path.GetFullPath(options.DataFolder ?? Directory.CreateTempSubdirectory("gating-drill-").FullName);

    private string Data => Path.Combine(_folder, "azurite");

    /// <summary>Whether every step came out as it must. The folder is left behind for a look only where one did not.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        try
        {
            var first = await ServeAsync(0, cancellation);
            Copy("backup-1", first);
            var second = await ServeAsync(first, cancellation);
            Copy("backup-2", second);

            Lose();
            Restore("backup-2");
            await InWorldAsync(async world =>
            {
                await DemandReadyAsync(world, cancellation);
                await CheckAsync(world, cancellation);
            }, cancellation);
            var third = await ServeAsync(second, cancellation);
            Copy("backup-3", third);

            Lose();
            Restore("backup-1");
            await InWorldAsync(world => DemandRefusedAsync(world, first, third, cancellation), cancellation);

            Lose();
            Restore("backup-3");
            await InWorldAsync(world => DemandReadyAsync(world, cancellation), cancellation);
            report.Title("The drill held");
            if (options.DataFolder is null)
            {
                Directory.Delete(_folder, recursive: true);
            }

            return true;
        }
        catch (Exception e) when (e is StepFailedException or HttpRequestException or StorageUnavailableException or IOException)
        {
            report.Failed($"{e.Message} What there is stands in {_folder}.");
            return false;
        }
    }

    private async Task InWorldAsync(Func<LocalWorld, Task> act, CancellationToken cancellation)
    {
        await using var world = await LocalWorld.StartAsync(options with { DataFolder = _folder, EvidenceFolder = Path.Combine(_folder, "evidence") }, report, cancellation);
        await act(world);
    }

    /// <summary>Grants and an output, and all of it sealed: the size of the log then.</summary>
    private async Task<long> ServeAsync(long before, CancellationToken cancellation)
    {
        var size = before;
        await InWorldAsync(async world =>
        {
            await DemandReadyAsync(world, cancellation);
            if (!await new MainJob(world, report).WalkAsync(cancellation))
            {
                throw new StepFailedException("The main job does not hold.");
            }

            size = await SealedAsync(world, before, cancellation);
            report.Done(string.Create(CultureInfo.InvariantCulture, $"the log has {size} leaves, and {before} before"));
        }, cancellation);
        return size;
    }

    private static async Task<long> SealedAsync(LocalWorld world, long before, CancellationToken cancellation)
    {
        var (size, started) = (before, TimeProvider.System.GetTimestamp());
        for (var since = started; size <= before || TimeProvider.System.GetElapsedTime(since) < Calm;)
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw new StepFailedException($"The log still has {size} leaves after {Patience.TotalSeconds:0} s.");
            }

            await Task.Delay(Pause, TimeProvider.System, cancellation);
            var now = await SizeAsync(world, cancellation);
            (size, since) = now == size ? (size, since) : (now, TimeProvider.System.GetTimestamp());
        }

        return size;
    }

    /// <summary>The second line of the checkpoint; 0 where there is none yet.</summary>
    private static async Task<long> SizeAsync(LocalWorld world, CancellationToken cancellation)
    {
        using var answer = await world.Http.GetAsync(new Uri(world.Gate.Address, "/log/checkpoint"), cancellation);
        return answer.IsSuccessStatusCode ? long.Parse((await answer.Content.ReadAsStringAsync(cancellation)).Split('\n')[1], CultureInfo.InvariantCulture) : 0;
    }

    private async Task CheckAsync(LocalWorld world, CancellationToken cancellation)
    {
        report.Step("Everything that was restored is verified again (the checks of gating fsck)");
        var (things, wrong) = await world.Gate.CheckAsync(cancellation);
        if (wrong.Count > 0)
        {
            throw new StepFailedException($"{wrong.Count} things are not as they should be, the first: {wrong[0]}.");
        }

        report.Fact(string.Create(CultureInfo.InvariantCulture, $"{things} things looked at, nothing wrong"));
    }

    private async Task DemandReadyAsync(LocalWorld world, CancellationToken cancellation)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            var (status, told) = await ReadyAsync(world, cancellation);
            if (status is HttpStatusCode.OK)
            {
                report.Done("ready");
                return;
            }

            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw new StepFailedException($"The gate is not ready: {told}.");
            }

            await Task.Delay(Pause, TimeProvider.System, cancellation);
        }
    }

    private async Task DemandRefusedAsync(LocalWorld world, long older, long known, CancellationToken cancellation)
    {
        report.Step("An older backup is restored");
        var (status, told) = await ReadyAsync(world, cancellation);
        var why = told.TryGetProperty("log_why", out var said) ? said.GetString() : null;
        var expected = string.Create(CultureInfo.InvariantCulture, $"The log is frozen: it has {older} leaves, and the last known checkpoint has {known}.");
        if (status is not HttpStatusCode.ServiceUnavailable || !string.Equals(why, expected, StringComparison.Ordinal))
        {
            throw new StepFailedException($"The gate must not be ready and say '{expected}', and says {(int)status}: {told}.");
        }

        report.Fact($"refused: {why}");
    }

    private static async Task<(HttpStatusCode Status, JsonElement Told)> ReadyAsync(LocalWorld world, CancellationToken cancellation)
    {
        using var answer = await world.Http.GetAsync(new Uri(world.Gate.Address, "/readyz"), cancellation);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation));
        return (answer.StatusCode, json.RootElement.Clone());
    }

    private void Copy(string backup, long size)
    {
        CopyFolder(Data, Path.Combine(_folder, backup));
        report.Done(string.Create(CultureInfo.InvariantCulture, $"{backup}: a copy of the data account, at {size} leaves"));
    }

    private void Lose()
    {
        Directory.Delete(Data, recursive: true);
        report.Done("the data account is lost");
    }

    private void Restore(string backup)
    {
        CopyFolder(Path.Combine(_folder, backup), Data);
        report.Done($"{backup} is restored");
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
