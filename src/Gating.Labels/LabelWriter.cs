using Gating.Labels.Media;

namespace Gating.Labels;

/// <summary>Gives a file its one label. There is no way to take one off.</summary>
public static class LabelWriter
{
    /// <summary>
    /// Labels the file in <paramref name="input"/> into <paramref name="output"/>, reads it back and compares. Read → decide → write → prove: what cannot be proved is thrown away, and
    /// <paramref name="output"/> is then empty. Memory stays bounded whatever the file's size; never throws for what the file holds.
    /// </summary>
    /// <param name="input">Can be read and sought.</param>
    /// <param name="output">Empty; can be written, read and sought.</param>
    public static LabelOutcome Write(Stream input, Stream output, LabelContent content, LabelPolicy policy)
    {
        if (output.Length != 0 || !output.CanRead)
        {
            throw new ArgumentException("The output is empty, and can be read back.", nameof(output));
        }

        LabelOutcome outcome;
        try
        {
            outcome = Write(new MediaSource(input), output, content, policy);
        }
        catch (MediaException broken)
        {
            outcome = new LabelOutcome.Refused(LabelReader.Refusal(broken.Fault), broken.Offset, broken.Message);
        }
        catch
        {
            output.SetLength(0);
            throw;
        }

        if (outcome is LabelOutcome.Refused)
        {
            output.SetLength(0);
        }

        return outcome;
    }

    private static LabelOutcome Write(MediaSource source, Stream output, LabelContent content, LabelPolicy policy)
    {
        if (LabelFormats.Of(source) is not { } format)
        {
            return new LabelOutcome.Refused(LabelRefusal.Unrecognised, 0, "No format that is known here.");
        }

        var before = LabelReader.Read(source, format);
        if (Decide(before, content.Label, policy, out var label) is { } refused)
        {
            return refused;
        }

        var wanted = content with { Label = label };
        var written = SpliceWriter.Write(format.Write(source, wanted), source, output);
        return Prove(output, wanted, format) is var (after, fault) && fault is null
            ? new LabelOutcome.Labelled(before, after!, SpliceWriter.Hash(source), written)
            : new LabelOutcome.Refused(LabelRefusal.ReadBackDiffers, null, fault!);
    }

    /// <summary>Whose label is it? Pure.</summary>
    private static LabelOutcome.Refused? Decide(LabelReport before, Label wanted, LabelPolicy policy, out Label label)
    {
        label = wanted;
        if (before.HasC2pa && policy.C2pa is C2paBinding.Refuse)
        {
            return new(LabelRefusal.CarriesC2pa, null, "The file carries a C2PA store, which labelling would break.");
        }

        var foreign = before.Labels.FirstOrDefault(found => !string.Equals(found.Content.Label?.ContentProducer, wanted.ContentProducer, StringComparison.Ordinal));
        if (foreign is null)
        {
            return null;
        }

        if (policy.OfAnother is ForeignLabel.Refuse)
        {
            return new(LabelRefusal.LabelOfAnother, foreign.Offset, $"Another producer's label stands in {foreign.Place}.");
        }

        if (foreign.Content is not { Label: { } carried, Defects.IsEmpty: true } || !ProviderCode.TryParse(wanted.ContentPropagator, out var propagator))
        {
            return new(LabelRefusal.LabelOfAnotherBroken, foreign.Offset, $"The label in {foreign.Place} is too broken to be carried on.");
        }

        label = carried.PropagatedBy(propagator, wanted.PropagateId, wanted.ReservedCode2);
        return null;
    }

    private static (LabelReport? After, string? Fault) Prove(Stream output, LabelContent wanted, ILabelFormat format)
    {
        var source = new MediaSource(output);
        try
        {
            if (LabelFormats.Of(source) != format)
            {
                return (null, "The labelled file is no longer recognised as what it was.");
            }

            var after = LabelReader.Read(source, format);
            return after.Labels is [{ Content: { Label: { } label, Defects.IsEmpty: true } }] && label == wanted.Label
                ? (after, null)
                : (null, $"{after.Labels.Length} labels were read back, and not the one that was written.");
        }
        catch (MediaException broken)
        {
            return (null, $"The labelled file cannot be read at {broken.Offset}: {broken.Message}");
        }
    }
}
