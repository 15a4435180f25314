namespace Gating.Local.Processes;

/// <summary>One installer at a time on this machine. The system lets go of the lock when its holder ends, however it ends.</summary>
internal static class InstallLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static async Task<IDisposable> TakeAsync(NodeSettings settings, IProgress<string> progress, CancellationToken cancellation)
    {
        var file = Path.Combine(settings.Folder, ".local", "install.lock");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var started = TimeProvider.System.GetTimestamp();
        for (var said = false; ; said = true)
        {
            var taken = TryTake(file);
            if (taken is not null)
            {
                return taken;
            }

            if (TimeProvider.System.GetElapsedTime(started) > settings.LockLimit)
            {
                throw new SetupException(
                    $"Another process has held {file} for more than {settings.LockLimit.TotalMinutes:0.#} minutes; end the `npm ci` that hangs and try again.");
            }

            if (!said)
            {
                progress.Report("Another process is installing the Node packages; waiting for it …");
            }

            await Task.Delay(Pause, TimeProvider.System, cancellation);
        }
    }

    private static FileStream? TryTake(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new SetupException($"{file} cannot be written; give yourself the right to write there and try again.", e);
        }
    }
}
