namespace Gating.Labels;

/// <summary>The IPTC vocabulary of digital source types, as far as it is written or judged here. A value is the full URI; the bare code is the usual mistake.</summary>
internal static class DigitalSourceTypes
{
    public const string Vocabulary = "http://cv.iptc.org/newscodes/digitalsourcetype/";

    private static readonly string[] Ai = ["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia", "compositeSynthetic"];

    public static string Uri(ContentSource source) => Vocabulary + source switch
    {
        ContentSource.Generated => "trainedAlgorithmicMedia",
        ContentSource.Edited => "compositeWithTrainedAlgorithmicMedia",
    };

    public static bool IsKnown(string value) => value.StartsWith(Vocabulary, StringComparison.Ordinal) || value.StartsWith("http://c2pa.org/digitalsourcetype/", StringComparison.Ordinal);

    public static bool DeclaresAi(string? value) => value is not null && Ai.Any(code => value.EndsWith(code, StringComparison.OrdinalIgnoreCase));
}
