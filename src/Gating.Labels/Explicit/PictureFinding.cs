namespace Gating.Labels.Explicit;

/// <summary>What can be said of a picture's label.</summary>
internal static class PictureFinding
{
    public static ExplicitFinding Of(string? text) => text is null
        ? new ExplicitFinding.Undetermined("No label of this library's stands in the bottom right corner; what else the picture shows takes eyes.")
        : new ExplicitFinding.Found("in the bottom right corner", text);
}
