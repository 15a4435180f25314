namespace Gating.Messages;

/// <summary>The queues, before the installation's prefix.</summary>
public static class QueueNames
{
    /// <summary>Reports of apps on generations.</summary>
    public const string Generations = "generations";

    /// <summary>Outputs that were uploaded past us.</summary>
    public const string Outputs = "outputs";

    /// <summary>References of entries that wait for the log.</summary>
    public const string Trace = "trace";

    /// <summary>Security events that wait for their receivers.</summary>
    public const string Events = "events";

    public static IReadOnlyList<string> All { get; } = [Generations, Outputs, Trace, Events];
}
