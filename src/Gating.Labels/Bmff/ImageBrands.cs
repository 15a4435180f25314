namespace Gating.Labels.Bmff;

/// <summary>Major brands of stills and sequences of stills (ISO/IEC 23008-12, AVIF, MIAF): the boxes of a video, but another format.</summary>
internal static class ImageBrands
{
    public static IReadOnlyList<string> All { get; } = ["avci", "avcs", "avif", "avis", "heic", "heim", "heis", "heix", "hevc", "hevm", "hevs", "hevx", "miaf", "mif1", "mif2", "msf1"];
}
