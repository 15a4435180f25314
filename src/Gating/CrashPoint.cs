using System.Diagnostics;
using System.Globalization;

namespace Gating;

/// <summary>
/// Where a test lets the process die, or stand still: between two steps that storage sees. Only the build configuration <c>CrashPoints</c> compiles the calls in; what is released has none, and
/// nothing that could be set.
/// </summary>
internal static class CrashPoint
{
    public const string BeforeRedeemed = "before-redeemed";
    public const string AfterRedeemed = "after-redeemed";
    public const string BeforeFile = "before-file";
    public const string AfterFile = "after-file";
    public const string AfterArchived = "after-archived";

    public const string BeforeLeafRows = "before-leaf-rows";
    public const string AfterLeafRows = "after-leaf-rows";
    public const string AfterPointers = "after-pointers";
    public const string AfterLease = "after-lease";
    public const string BeforeMissingRows = "before-missing-rows";
    public const string AfterMissingRows = "after-missing-rows";
    public const string AfterStalePointers = "after-stale-pointers";
    public const string BeforeStaging = "before-staging";
    public const string AfterStaging = "after-staging";
    public const string AfterState = "after-state";
    public const string AmongTiles = "among-tiles";
    public const string AfterTiles = "after-tiles";
    public const string AfterIndexes = "after-indexes";
    public const string AfterPointersGone = "after-pointers-gone";
    public const string AfterLastKnown = "after-last-known";
    public const string AfterPublished = "after-published";

    private static int _stopped;

    [Conditional("GATING_CRASH_POINTS")]
    public static void Reach(string name)
    {
        if (IsAt("GATING_CRASH_AT", name))
        {
            // SIGKILL: no handler runs, no file is flushed, no connection is closed with a farewell.
            using var self = Process.GetCurrentProcess();
            self.Kill();
            self.WaitForExit();
        }

        if (IsAt("GATING_STOP_AT", name) && Interlocked.Exchange(ref _stopped, 1) == 0)
        {
            // SIGSTOP: no thread of it runs until somebody sends SIGCONT, and then this one goes on from here. Only once.
            using var stop = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -STOP {Environment.ProcessId}")]);
            stop.WaitForExit();
        }
    }

    private static bool IsAt(string variable, string name) => string.Equals(Environment.GetEnvironmentVariable(variable), name, StringComparison.Ordinal);
}
