using Gating.Labels.Media;

namespace Gating.Labels.Explicit;

/// <summary>The label that people see or hear (GB 45438-2025, clause 5): reads it, and gives it to files that need no codec for it. There is no way to take one off.</summary>
public static class ExplicitLabel
{
    private static readonly ExplicitFinding Elsewhere = new ExplicitFinding.Undetermined("Explicit labels of this format are not looked into here: what its producer declares is all that is known.");

    /// <summary>Looks for the label in the file in <paramref name="input"/>, which can be read and sought. Memory stays bounded; never throws for what the file holds.</summary>
    public static ExplicitFinding Read(Stream input)
    {
        try
        {
            using var source = new MediaSource(input);
            return ExplicitFormats.Of(source)?.Read(source) ?? Elsewhere;
        }
        catch (MediaException broken)
        {
            return new ExplicitFinding.Undetermined($"The file cannot be read at {broken.Offset}: {broken.Message}");
        }
    }

    /// <summary>
    /// Gives the file in <paramref name="input"/> its explicit label and reads it back: what cannot be proved is thrown away, and <paramref name="output"/> is then empty. Goes before the
    /// implicit label, whose security data may cover the content. Memory stays bounded; never throws for what the file holds.
    /// </summary>
    /// <param name="input">Can be read and sought.</param>
    /// <param name="output">Empty; can be written, read and sought.</param>
    public static ExplicitOutcome Write(Stream input, Stream output, ExplicitWording wording, C2paBinding c2pa)
    {
        if (output.Length != 0 || !output.CanRead)
        {
            throw new ArgumentException("The output is empty, and can be read back.", nameof(output));
        }

        ExplicitOutcome outcome;
        try
        {
            using var source = new MediaSource(input);
            outcome = Write(source, output, wording, c2pa);
        }
        catch (MediaException broken)
        {
            outcome = new ExplicitOutcome.Refused(LabelReader.Refusal(broken.Fault), broken.Offset, broken.Message);
        }
        catch
        {
            output.SetLength(0);
            throw;
        }

        if (outcome is not ExplicitOutcome.Labelled)
        {
            output.SetLength(0);
        }

        return outcome;
    }

    private static ExplicitOutcome Write(MediaSource source, Stream output, ExplicitWording wording, C2paBinding c2pa)
    {
        if (ExplicitFormats.Of(source) is not { } format)
        {
            return new ExplicitOutcome.Refused(LabelRefusal.Unrecognised, 0, "No format into which an explicit label is put here.");
        }

        if (format.Read(source) is ExplicitFinding.Found there)
        {
            return new ExplicitOutcome.AlreadyThere(format.Name, there);
        }

        if (c2pa is C2paBinding.Refuse && LabelFormats.Of(source) is { } known && LabelReader.Read(source, known).HasC2pa)
        {
            return new ExplicitOutcome.Refused(LabelRefusal.CarriesC2pa, null, "The file carries a C2PA store, which labelling would break.");
        }

        var written = SpliceWriter.Write(format.Write(source, wording), source, output);
        return Prove(output, format) is { } label
            ? new ExplicitOutcome.Labelled(format.Name, label, SpliceWriter.Hash(source), written, LabelFormats.Of(source) is not null)
            : new ExplicitOutcome.Refused(LabelRefusal.ReadBackDiffers, null, "The label that was written is not found again.");
    }

    private static ExplicitFinding.Found? Prove(Stream output, IExplicitFormat format)
    {
        using var source = new MediaSource(output);
        try
        {
            return ExplicitFormats.Of(source) == format ? format.Read(source) as ExplicitFinding.Found : null;
        }
        catch (MediaException)
        {
            return null;
        }
    }
}
