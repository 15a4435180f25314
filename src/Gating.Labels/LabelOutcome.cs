namespace Gating.Labels;

/// <summary>What to do where a decision belongs to the caller.</summary>
/// <param name="OfAnother">When the file carries the label of another producer.</param>
/// <param name="C2pa">When the file carries a C2PA store: labelling breaks its hard binding unless it is signed again afterwards.</param>
public sealed record LabelPolicy(ForeignLabel OfAnother, C2paBinding C2pa)
{
    /// <summary>Nothing of anybody else's is touched.</summary>
    public static LabelPolicy Careful { get; } = new(ForeignLabel.Refuse, C2paBinding.Refuse);
}

public enum ForeignLabel
{
    Refuse = 0,

    /// <summary>The producer's members stay; ours become the propagator's.</summary>
    Propagate = 1,
}

public enum C2paBinding
{
    Refuse = 0,

    /// <summary>The caller signs again, or accepts that verifiers will say that the binding is broken.</summary>
    Break = 1,
}

/// <summary>Why a file was not labelled, or could not be read.</summary>
public enum LabelRefusal
{
    Unrecognised = 1,
    Truncated = 2,
    Malformed = 3,
    Unsupported = 4,
    Encrypted = 5,
    CarriesSignature = 6,

    /// <summary>It carries another producer's label (<see cref="LabelPolicy.OfAnother"/>).</summary>
    LabelOfAnother = 7,

    /// <summary>It carries another producer's label that is too broken to be carried on.</summary>
    LabelOfAnotherBroken = 8,

    /// <summary>It carries a C2PA store (<see cref="LabelPolicy.C2pa"/>).</summary>
    CarriesC2pa = 9,

    /// <summary>What was read back of the labelled file is not what was to be written: a fault of this library, caught.</summary>
    ReadBackDiffers = 10,
}

/// <summary>How labelling a file ended.</summary>
public abstract record LabelOutcome
{
    private LabelOutcome()
    {
    }

    /// <summary>The output holds the labelled file, read back and compared.</summary>
    /// <param name="Before">What the source said.</param>
    /// <param name="After">What the labelled file says.</param>
    /// <param name="SourceSha256">Of the source, 32 bytes.</param>
    /// <param name="OutputSha256">Of the labelled file, 32 bytes.</param>
    public sealed record Labelled(LabelReport Before, LabelReport After, ReadOnlyMemory<byte> SourceSha256, ReadOnlyMemory<byte> OutputSha256) : LabelOutcome;

    /// <summary>The output is empty.</summary>
    /// <param name="Offset">Where in the source, in bytes; null where no place is to blame.</param>
    public sealed record Refused(LabelRefusal Reason, long? Offset, string Detail) : LabelOutcome;
}

/// <summary>How reading a file ended.</summary>
public abstract record ReadOutcome
{
    private ReadOutcome()
    {
    }

    public sealed record Read(LabelReport Report) : ReadOutcome;

    public sealed record Refused(LabelRefusal Reason, long? Offset, string Detail) : ReadOutcome;
}
