namespace Gating.Labels.Bmff;

/// <summary>User types of <c>uuid</c> boxes that more than one format meets.</summary>
internal static class BmffUserType
{
    /// <summary>A C2PA store.</summary>
    public static ReadOnlySpan<byte> C2pa => [0xD8, 0xFE, 0xC3, 0xD6, 0x1B, 0x0E, 0x48, 0x3C, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7E, 0xC4, 0x81];
}
