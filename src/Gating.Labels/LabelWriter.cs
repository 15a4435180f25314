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
            using var source = new MediaSource(input);
            outcome = Write(source, output, content, policy);
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
        if (Refuse(before, content.Label, policy) is { } refused)
        {
            return refused;
        }

        using var hash = source.HashInBackground();
        var digest = content.Signature is null ? null : Finish();
        var wanted = content with { Label = Decide(before, content, digest) };
        var written = SpliceWriter.Write(format.Write(source, wanted), source, output);
        digest ??= Finish();
        return Prove(output, wanted, format) is var (after, fault) && fault is null
            ? new LabelOutcome.Labelled(before, after!, digest, written)
            : new LabelOutcome.Refused(LabelRefusal.ReadBackDiffers, null, fault!);

        byte[] Finish() => hash?.Finish(source.Length) ?? SpliceWriter.Hash(source);
    }

    /// <summary>Whether something of somebody else's stands in the way. Pure.</summary>
    private static LabelOutcome.Refused? Refuse(LabelReport before, Label wanted, LabelPolicy policy)
    {
        if (before.HasC2pa && policy.C2pa is C2paBinding.Refuse)
        {
            return new(LabelRefusal.CarriesC2pa, null, "The file carries a C2PA store, which labelling would break.");
        }

        return Foreign(before, wanted) switch
        {
            null => null,
            var foreign when policy.OfAnother is ForeignLabel.Refuse => new(LabelRefusal.LabelOfAnother, foreign.Offset, $"Another producer's label stands in {foreign.Place}."),
            { Content: { Label: not null, Defects.IsEmpty: true } } when ProviderCode.TryParse(wanted.ContentPropagator, out _) => null,
            var foreign => new(LabelRefusal.LabelOfAnotherBroken, foreign.Offset, $"The label in {foreign.Place} is too broken to be carried on."),
        };
    }

    /// <summary>Our own label, or another producer's with us as its propagator. Pure but for the signature.</summary>
    private static Label Decide(LabelReport before, LabelContent content, byte[]? digest)
    {
        var ours = content.Label;
        if (Foreign(before, ours) is { Content.Label: { } carried } && ProviderCode.TryParse(ours.ContentPropagator, out var propagator))
        {
            return carried.PropagatedBy(propagator, ours.PropagateId, content.Signature?.Invoke(ours.PropagateId, digest) ?? ours.ReservedCode2);
        }

        return content.Signature is { } sign ? ours.SecuredBy(sign(ours.ProduceId, digest)) : ours;
    }

    private static FoundLabel? Foreign(LabelReport before, Label wanted) =>
        before.Labels.FirstOrDefault(found => !string.Equals(found.Content.Label?.ContentProducer, wanted.ContentProducer, StringComparison.Ordinal));

    private static (LabelReport? After, string? Fault) Prove(Stream output, LabelContent wanted, ILabelFormat format)
    {
        using var source = new MediaSource(output);
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
