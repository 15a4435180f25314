namespace Gating;

/// <summary>The timed tasks, as their functions are called: known before any of them is made.</summary>
public static class TimedTaskNames
{
    public const string BulkRevocations = "bulk-revocations";

    public const string Dossiers = "dossiers";

    public const string Erasures = "erasures";

    public const string Fsck = "fsck";

    public const string Hours = "hours";

    public const string Incoming = "incoming";

    public const string LogSweep = "log-sweep";

    public const string Retention = "retention";

    public const string StatusLists = "status-lists";

    public const string Sweep = "sweep";

    public static IReadOnlyList<string> All { get; } = [BulkRevocations, Dossiers, Erasures, Fsck, Hours, Incoming, LogSweep, Retention, StatusLists, Sweep];
}
