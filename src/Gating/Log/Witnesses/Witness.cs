using Gating.Log.Notes;

namespace Gating.Log.Witnesses;

/// <summary>Somebody else who signs that this log only grew since they last looked (C2SP tlog-witness).</summary>
/// <param name="Submissions">Its submission prefix, without a final slash.</param>
/// <param name="Key">Checks its cosignatures: <see cref="NoteAlgorithm.CosignatureV1"/>.</param>
public sealed record Witness(Uri Submissions, NoteKey Key);

/// <summary>What a witness answered to a checkpoint.</summary>
public abstract record WitnessOutcome
{
    private WitnessOutcome()
    {
    }

    /// <summary>It cosigned, and the cosignature verifies.</summary>
    public sealed record Cosigned(NoteSignature Signature) : WitnessOutcome;

    /// <summary>It has last cosigned a checkpoint of another size than it was told (409).</summary>
    public sealed record Elsewhere(long Size) : WitnessOutcome;

    /// <summary>It says that the checkpoint does not continue what it has cosigned (422, or 409 of the same size): one of the two histories is not ours.</summary>
    public sealed record Contradicts(string Why) : WitnessOutcome;

    /// <summary>It did not answer, or with something else.</summary>
    public sealed record Silent(string Why) : WitnessOutcome;
}
