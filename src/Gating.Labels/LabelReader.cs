using Gating.Labels.Media;

namespace Gating.Labels;

/// <summary>Finds every label in a file.</summary>
public static class LabelReader
{
    /// <summary>Reads the file in <paramref name="input"/>, which can be read and sought. Memory stays bounded whatever the file's size; never throws for what the file holds.</summary>
    public static ReadOutcome Read(Stream input)
    {
        try
        {
            using var source = new MediaSource(input);
            return LabelFormats.Of(source) is { } format
                ? new ReadOutcome.Read(Read(source, format))
                : new ReadOutcome.Refused(LabelRefusal.Unrecognised, 0, "No format that is known here.");
        }
        catch (MediaException broken)
        {
            return new ReadOutcome.Refused(Refusal(broken.Fault), broken.Offset, broken.Message);
        }
    }

    internal static LabelReport Read(MediaSource source, ILabelFormat format)
    {
        var findings = new LabelFindings();
        format.Read(source, findings);
        return LabelReport.Of(format.Name, format.MediaTypeOf(source), findings);
    }

    internal static LabelRefusal Refusal(MediaFault fault) => fault switch
    {
        MediaFault.Unrecognised => LabelRefusal.Unrecognised,
        MediaFault.Truncated => LabelRefusal.Truncated,
        MediaFault.Malformed => LabelRefusal.Malformed,
        MediaFault.Unsupported => LabelRefusal.Unsupported,
        MediaFault.Encrypted => LabelRefusal.Encrypted,
        MediaFault.CarriesSignature => LabelRefusal.CarriesSignature,
    };
}
