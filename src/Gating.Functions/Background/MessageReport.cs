using Gating.Functions.Telemetry;
using Gating.Messages;

namespace Gating.Functions.Background;

/// <summary>Counts what a message came to, whoever brought it, and says it where a message was set aside.</summary>
internal static partial class MessageReport
{
    /// <param name="outcome">Null: storage did not answer.</param>
    public static void Write(ILogger logger, string queue, ReadOnlyMemory<byte> message, MessageOutcome? outcome)
    {
        var (word, reason) = outcome switch
        {
            MessageOutcome.Done => ("done", "none"),
            MessageOutcome.NotYet => ("not_yet", "none"),
            MessageOutcome.Refused refused => ("refused", refused.Reason),
            _ => ("failed", "storage_unavailable"),
        };
        GateTelemetry.MessageTaken(queue, word, reason);
        if (outcome is MessageOutcome.Refused { IsTold: false } aside)
        {
            Log.SetAside(logger, queue, new DeadLetter(queue, message, aside.Reason, aside.Detail, default).Id, aside.Reason, aside.Detail);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Error, "Message {Id} of queue {Queue} was set aside ({Reason}): {Detail} See: gating messages list")]
        public static partial void SetAside(ILogger logger, string queue, string id, string reason, string detail);
    }
}
