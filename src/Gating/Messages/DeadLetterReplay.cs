namespace Gating.Messages;

/// <summary>Gives messages that were set aside another chance.</summary>
public sealed class DeadLetterReplay(IMessageQueues queues, IDeadLetters letters)
{
    /// <summary>
    /// Puts it back into its queue, then forgets the letter as it was read: refused once more in between, it stays. A crash in between leaves the letter of a message that is tried again;
    /// to replay it twice has one effect, since handlers are idempotent.
    /// </summary>
    public async Task ReplayAsync(DeadLetter letter, CancellationToken cancellation)
    {
        await queues.PutAsync(letter.Queue, letter.Message, cancellation);
        await letters.RemoveAsync(letter, cancellation);
    }
}
