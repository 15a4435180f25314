namespace Gating.Labels.Explicit;

/// <summary>How giving a file its explicit label ended.</summary>
public abstract record ExplicitOutcome
{
    private ExplicitOutcome()
    {
    }

    /// <summary>The output holds the file with its label, read back.</summary>
    /// <param name="SourceSha256">Of the source, 32 bytes.</param>
    /// <param name="OutputSha256">Of the output, 32 bytes.</param>
    /// <param name="TakesImplicitLabel">The format has room for the implicit label too.</param>
    public sealed record Labelled(
        string Format, ExplicitFinding.Found Label, ReadOnlyMemory<byte> SourceSha256, ReadOnlyMemory<byte> OutputSha256, bool TakesImplicitLabel) : ExplicitOutcome;

    /// <summary>The source has one; the output is empty, and the source is the file to use.</summary>
    public sealed record AlreadyThere(string Format, ExplicitFinding.Found Label) : ExplicitOutcome;

    /// <summary>The output is empty. <see cref="LabelRefusal.Unrecognised"/>: a format into which this library puts no explicit label; its producer has to.</summary>
    /// <param name="Offset">Where in the source, in bytes; null where no place is to blame.</param>
    public sealed record Refused(LabelRefusal Reason, long? Offset, string Detail) : ExplicitOutcome;
}
