using System.Globalization;
using System.Text;
using System.Xml;
using Gating.Labels.Media;

namespace Gating.Labels.Svg;

/// <summary>What of the plane is seen, in the picture's own units: its <c>viewBox</c>, else its width and height (SVG 2, 8.2).</summary>
internal sealed record SvgFrame(double Left, double Top, double Width, double Height)
{
    /// <summary>Of the type, in shortest sides: capitals are about 0.7 of it high.</summary>
    private const double Size = 0.088;

    private const double Largest = 1e9;
    private const double Smallest = 1e-3;

    /// <summary>Of a unit of length in units of the picture, which are those of CSS.</summary>
    private static readonly Dictionary<string, double> Units = new(StringComparer.OrdinalIgnoreCase)
    {
        [string.Empty] = 1,
        ["px"] = 1,
        ["in"] = 96,
        ["cm"] = 96 / 2.54,
        ["mm"] = 96 / 25.4,
        ["pt"] = 96 / 72.0,
        ["pc"] = 16,
    };

    public static SvgFrame Of(byte[] svg)
    {
        using var reader = XmlReader.Create(new MemoryStream(svg, writable: false), new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CloseInput = true });
        reader.MoveToContent();
        if (reader.GetAttribute("preserveAspectRatio")?.Contains("slice", StringComparison.Ordinal) is true)
        {
            throw MediaException.Unsupported(0, "A picture that may be cut at its sides (slice): no corner of it is sure to be seen.");
        }

        var frame = reader.GetAttribute("viewBox") is { } box ? OfBox(box) : new(0, 0, Length(reader.GetAttribute("width")), Length(reader.GetAttribute("height")));
        return IsUsable(frame.Width) && IsUsable(frame.Height) && Math.Abs(frame.Left) <= Largest && Math.Abs(frame.Top) <= Largest
            ? frame
            : throw MediaException.Unsupported(0, "Neither a viewBox nor a width and height in units of length: nobody knows where its corners are.");
    }

    /// <param name="prefix">Of the elements of SVG.</param>
    public string Label(string prefix, string text)
    {
        var side = Math.Min(Width, Height);
        var size = Size * side;
        var width = WidthOf(text) * size;
        if (width > Width - (0.04 * side))
        {
            throw MediaException.Unsupported(0, "The picture is too narrow for a label of the size that the standard asks for.");
        }

        // Placed by where it starts: seen, a renderer without its characters measures it wrong from the end. By its own style: rules of the document's style sheets then do not reach it.
        var style = "display:inline;visibility:visible;opacity:1;font-family:sans-serif;font-style:normal;font-weight:normal;letter-spacing:normal;writing-mode:horizontal-tb;direction:ltr;text-anchor:start;"
            + Of($"fill:#fff;fill-opacity:1;stroke:#000;stroke-opacity:1;stroke-width:{size / 6}px;stroke-linejoin:round;paint-order:stroke;font-size:{size}px");
        return $"<{prefix}g style=\"display:inline;visibility:visible;opacity:1\"><{prefix}text {Of($"x=\"{Left + Width - (0.02 * side) - width}\" y=\"{Top + Height - (0.02 * side) - (0.2 * size)}\"")}"
            + $" style=\"{style}\">{text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)}</{prefix}text></{prefix}g>";
    }

    /// <summary>At least as wide as its type makes it, in sizes of the type.</summary>
    private static double WidthOf(string text) => text.EnumerateRunes().Sum(static rune => rune.IsAscii ? 0.7 : 1);

    private static bool IsUsable(double length) => length is >= Smallest and <= Largest;

    private static SvgFrame OfBox(string box)
    {
        var numbers = box.Split([' ', ',', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(Number).ToArray();
        return numbers is [var left, var top, var width, var height] ? new(left, top, width, height) : new(0, 0, double.NaN, double.NaN);
    }

    private static double Length(string? text)
    {
        var number = (text ?? string.Empty).Trim();
        var unit = number.Length - number.TakeWhile(static one => !char.IsAsciiLetter(one) && one is not '%').Count();
        return Units.TryGetValue(number[^unit..], out var pixels) ? Number(number[..^unit]) * pixels : double.NaN;
    }

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;

    // With as many places as the smallest picture needs, and no exponent, which style sheets of old do not know.
    private static string Of(FormattableString text)
    {
        var result = new StringBuilder();
        result.AppendFormat(CultureInfo.InvariantCulture, text.Format, [.. text.GetArguments().Select(static number => ((double)number!).ToString("0.######", CultureInfo.InvariantCulture))]);
        return result.ToString();
    }
}
