namespace Gating.Labels;

/// <summary>A label and the place in the file where it was found.</summary>
/// <param name="Place">In words of the format: <c>XMP TC260:AIGC</c>, <c>tEXt AIGC</c>.</param>
/// <param name="Offset">Of the part of the file that holds it, in bytes.</param>
/// <param name="IsUsualPlace">Where the guides put it.</param>
public sealed record FoundLabel(string Place, long Offset, bool IsUsualPlace, ReadLabel Content);
