using System.Diagnostics;

namespace Gating;

/// <summary>
/// Where a test lets the process die: between two steps that storage sees. Only the build configuration <c>CrashPoints</c> compiles the calls in; what is released has none, and
/// nothing that could be set.
/// </summary>
internal static class CrashPoint
{
    public const string BeforeRedeemed = "before-redeemed";
    public const string AfterRedeemed = "after-redeemed";
    public const string BeforeFile = "before-file";
    public const string AfterFile = "after-file";
    public const string AfterArchived = "after-archived";

    [Conditional("GATING_CRASH_POINTS")]
    public static void Reach(string name)
    {
        if (string.Equals(Environment.GetEnvironmentVariable("GATING_CRASH_AT"), name, StringComparison.Ordinal))
        {
            // SIGKILL: no handler runs, no file is flushed, no connection is closed with a farewell.
            using var self = Process.GetCurrentProcess();
            self.Kill();
            self.WaitForExit();
        }
    }
}
