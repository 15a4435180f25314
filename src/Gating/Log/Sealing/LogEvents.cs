using System.Diagnostics.Metrics;
using Gating.Ledger;
using Microsoft.Extensions.Logging;

namespace Gating.Log.Sealing;

/// <summary>What the log tells its operator. Stream ids are random and name nobody.</summary>
internal static partial class LogEvents
{
    private static readonly Meter Meter = new("Gating.Log");

    private static readonly Counter<long> Sealed = Meter.CreateCounter<long>("gating.log.leaves", "{leaf}", "Leaves that a commit of the state fixed in the log.");

    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>("gating.log.references.dropped", "{reference}", "References to rows that were not there for a day: operations nobody was told of.");

    private static readonly Counter<long> Frozen = Meter.CreateCounter<long>("gating.log.frozen", "{alarm}", "Contradictions met, by what is frozen. Any is an alarm.");

    private static readonly Counter<long> Cosignatures = Meter.CreateCounter<long>("gating.log.cosignatures", "{cosignature}", "Cosignatures that were asked of witnesses, by outcome. Any that contradicts is an alarm.");

    public static void Cosigned(ILogger logger, long size, string witness)
    {
        Cosignatures.Add(1, new KeyValuePair<string, object?>("outcome", "cosigned"));
        CosignedTo(logger, size, witness);
    }

    public static void NotCosigned(ILogger logger, string witness, string why)
    {
        Cosignatures.Add(1, new KeyValuePair<string, object?>("outcome", "missing"));
        MissingOf(logger, witness, why);
    }

    public static void Contradicted(ILogger logger, string witness, string why)
    {
        Cosignatures.Add(1, new KeyValuePair<string, object?>("outcome", "contradicted"));
        ContradictedBy(logger, witness, why);
    }

    public static void LeavesSealed(ILogger logger, long size, int leaves)
    {
        Sealed.Add(leaves);
        SealedTo(logger, size, leaves);
    }

    public static void ReferenceDropped(ILogger logger, TraceReference reference)
    {
        Dropped.Add(1);
        DroppedReference(logger, reference.Stream, reference.From, reference.To);
    }

    public static void StreamFrozen(ILogger logger, StreamId stream, string why)
    {
        Frozen.Add(1, new KeyValuePair<string, object?>("what", "stream"));
        FrozenStream(logger, stream, why);
    }

    public static void LogFrozen(ILogger logger, string why)
    {
        Frozen.Add(1, new KeyValuePair<string, object?>("what", "log"));
        FrozenLog(logger, why);
    }

    [LoggerMessage(1331, LogLevel.Information, "The log has {Size} leaves; {Leaves} of them are new.")]
    private static partial void SealedTo(ILogger logger, long size, int leaves);

    [LoggerMessage(1332, LogLevel.Warning, "Entries {From} to {To} of stream {Stream} were announced and did not come in a day: the reference is dropped.")]
    private static partial void DroppedReference(ILogger logger, StreamId stream, long from, long to);

    [LoggerMessage(1333, LogLevel.Critical, "Stream {Stream} contradicts what the log has of it: {Why}. No more of it is logged until an operator has looked.")]
    private static partial void FrozenStream(ILogger logger, StreamId stream, string why);

    [LoggerMessage(1334, LogLevel.Critical, "{Why} Nothing is sealed or signed until an operator has looked.")]
    private static partial void FrozenLog(ILogger logger, string why);

    [LoggerMessage(1336, LogLevel.Debug, "The checkpoint of {Size} leaves has the cosignature of {Witness}.")]
    private static partial void CosignedTo(ILogger logger, long size, string witness);

    [LoggerMessage(1337, LogLevel.Warning, "Witness {Witness} has not cosigned: {Why}. Its cosignature is missing under the published checkpoint; sealing goes on.")]
    private static partial void MissingOf(ILogger logger, string witness, string why);

    [LoggerMessage(1338, LogLevel.Critical, "Witness {Witness} refuses the published checkpoint: {Why}. It was shown another history of this log.")]
    private static partial void ContradictedBy(ILogger logger, string witness, string why);

    [LoggerMessage(1335, LogLevel.Warning, "Nothing was sealed: {Why} What is pending stays so until the next run.")]
    public static partial void NotSealed(ILogger logger, string why);
}
