using Gating.Labels.Media;

namespace Gating.Labels.Explicit.Drawing;

/// <summary>Colours that pixels name by their number: how bright each is, and the two that a label is drawn in.</summary>
internal sealed record PixelPalette(int[] Lumas, int Dark, int Light)
{
    /// <summary>Of 255. Less cannot be read with ease.</summary>
    public const int MinContrast = 96;

    public bool HasContrast => Dark >= 0 && Lumas[Light] - Lumas[Dark] >= MinContrast;

    /// <summary>With the darkest and the brightest of the colours that can be used.</summary>
    public static PixelPalette Of(int[] lumas, Func<int, bool> isUsable)
    {
        var (dark, light) = (-1, -1);
        for (var i = 0; i < lumas.Length; i++)
        {
            if (isUsable(i))
            {
                dark = dark < 0 || lumas[i] < lumas[dark] ? i : dark;
                light = light < 0 || lumas[i] > lumas[light] ? i : light;
            }
        }

        return new(lumas, dark, light);
    }

    public PixelCode Code(int bits, long offset) => !HasContrast
        ? throw MediaException.Unsupported(offset, "No two colours of the palette differ enough for a label that can be read.")
        : new(bits, [(byte)Dark], [(byte)Light], (row, i) => PixelCode.Get(row, i, bits) is var value && value < Lumas.Length ? Lumas[value] : 0);
}
