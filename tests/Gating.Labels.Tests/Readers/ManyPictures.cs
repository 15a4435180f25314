using System.Globalization;

namespace Gating.Labels.Tests.Readers;

/// <summary>Two hundred pictures that have nothing to do with each other, as ffmpeg makes them, and copies of them.</summary>
internal static class ManyPictures
{
    private static readonly string[] Charts = ["testsrc", "testsrc2", "smptebars", "pal75bars", "rgbtestsrc", "yuvtestsrc", "sierpinski", "colorspectrum", "mptestsrc", "colorchart", "allrgb"];
    private static readonly string[] Kinds = ["linear", "radial", "circular", "spiral"];
    private static readonly int[] Rules = [18, 22, 26, 30, 45, 54, 60, 73, 75, 82, 89, 90, 101, 105, 110, 122, 126, 129, 150, 161];

    /// <summary>PNG files of 640 by 480 in the folder, numbered from 1.</summary>
    public static async Task<int> CreateAsync(string folder)
    {
        var count = 0;
        foreach (var (source, frames, change) in Sources())
        {
            string[] arguments = ["-f", "lavfi", "-i", $"{source},{change}scale=640:480:flags=bicubic", "-frames:v", Text(frames), "-vsync", "0", "-pix_fmt", "rgb24", "-start_number", Text(count + 1)];
            if (await Tool.RunAsync("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments, Path.Combine(folder, "%03d.png")]) is { IsGood: true })
            {
                count += frames;
            }
        }

        return count;
    }

    /// <summary>A copy of each, under the same number.</summary>
    public static async Task CopyAsync(string folder, string target, params string[] arguments) =>
        await Tool.RunAsync("ffmpeg", ["-v", "error", "-nostdin", "-y", "-i", Path.Combine(folder, "%03d.png"), .. arguments, target]);

    private static IEnumerable<(string Source, int Frames, string Change)> Sources()
    {
        foreach (var chart in Charts)
        {
            yield return (chart, 1, string.Empty);
        }

        foreach (var rule in Rules)
        {
            yield return ($"cellauto=size=320x240:full=1:seed={Text(rule)}:rule={Text(rule)}", 1, string.Empty);
        }

        for (var i = 1; i <= 34; i++)
        {
            yield return ($"gradients=size=640x480:seed={Text(i)}:n={Text((i % 6) + 2)}:type={Kinds[i % 4]}", 1, string.Empty);
        }

        yield return ("mandelbrot=size=640x480:rate=1:end_scale=0.00001:end_pts=40", 40, string.Empty);
        yield return ("life=size=160x120:seed=5:ratio=0.3:mold=10", 20, "select='not(mod(n,40))',");
        foreach (var (size, frames) in ((string, int)[])[("16x12", 40), ("9x7", 20), ("28x21", 20)])
        {
            yield return ($"color=gray:size={size},noise=alls=100:allf=t:all_seed=3", frames, string.Empty);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
