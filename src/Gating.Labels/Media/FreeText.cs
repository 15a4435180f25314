namespace Gating.Labels.Media;

/// <summary>Text that anybody may fill with anything: comments and the like.</summary>
internal static class FreeText
{
    /// <summary>Only what speaks of a label, and holds an object, is taken for one.</summary>
    public static bool HoldsLabel(string text) =>
        text.Contains('{', StringComparison.Ordinal) && (text.Contains("AIGC", StringComparison.Ordinal) || text.Contains("ContentProducer", StringComparison.Ordinal));
}
