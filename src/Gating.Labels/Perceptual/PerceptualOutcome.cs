namespace Gating.Labels.Perceptual;

/// <summary>Why a file has no perceptual hash.</summary>
public enum PerceptualAbsence
{
    /// <summary>By its content it is no JPEG, PNG or GIF.</summary>
    OtherFormat = 1,

    /// <summary>A picture with almost no contrast, or of a few even shapes: its bits would be left to chance.</summary>
    Flat = 2,

    /// <summary>Fewer than 128 pixels at its shortest side.</summary>
    TooSmall = 3,

    /// <summary>A part of the format that is not read here, or more than 100 million pixels.</summary>
    Unsupported = 4,

    /// <summary>It ends too early, or contradicts its format.</summary>
    Broken = 5,
}

/// <summary>The look of a file.</summary>
public abstract record PerceptualOutcome
{
    private PerceptualOutcome()
    {
    }

    /// <param name="Weak">How many of its bits another encoding may turn.</param>
    public sealed record Hashed(PerceptualHash Hash, int Weak) : PerceptualOutcome
    {
        internal const int MostWeak = 32;

        /// <summary>Whether it may stand in an index. A copy may be plainer than what it was made of: it can still be looked up.</summary>
        public bool CanBeIndexed => Weak <= MostWeak / 2;
    }

    /// <param name="Detail">What is in the way, for people.</param>
    public sealed record None(PerceptualAbsence Reason, string Detail) : PerceptualOutcome;
}
