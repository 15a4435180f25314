using System.Globalization;
using Gating.Labels;

namespace Gating.Benchmarks.Labels;

/// <summary>One file: made, copied, labelled.</summary>
internal static class LabelFile
{
    /// <summary>Labels one file in a process of its own, as often as a gigabyte takes, and prints its peak of resident memory, in bytes.</summary>
    public const string Role = "label-once";

    private const long Gigabyte = 1024 * 1024 * 1024;

    private const int BufferSize = 256 * 1024;

    private static readonly byte[] Start = Convert.FromHexString("FFD8FFE000104A46494600010100000100010000FFDA0008010100003F00");
    private static readonly LabelContent Content = new(
        Label.Generated(ProviderCode.TryParse("001191110102MACQD9K64010000", out var code) ? code : default, "0197f3a0-1111-7abc-8def-000000000001"), ContentSource.Generated, "Face Studio", "2.1", DateTimeOffset.UnixEpoch);

    public static int RunOnce(string file, string target)
    {
        // The same work whatever the file's size: a process that ends after a tenth of a second has not yet paid for its compiler.
        for (var left = Gigabyte; left > 0; left -= new FileInfo(file).Length)
        {
            Write(file, target);
        }

        var peak = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        Console.Out.Write((long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024).ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>A JPEG whose scan is as long as asked for.</summary>
    public static string Create(DirectoryInfo folder, string name, long length)
    {
        var path = Path.Combine(folder.FullName, name);
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, BufferSize);
        file.Write(Start);
        var pixels = new byte[BufferSize];
        new Random(1).NextBytes(pixels);
        for (var left = length; left > 0; left -= pixels.Length)
        {
            file.Write(pixels, 0, (int)Math.Min(left, pixels.Length));
        }

        file.Flush(flushToDisk: true);
        return path;
    }

    public static void Copy(string file, string target)
    {
        using var input = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        using var output = new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        input.CopyTo(output, BufferSize);
    }

    public static void Write(string file, string target)
    {
        using var input = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        using var output = new FileStream(target, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 0);
        if (LabelWriter.Write(input, output, Content, LabelPolicy.Careful) is LabelOutcome.Refused refused)
        {
            throw new InvalidOperationException(refused.Detail);
        }
    }
}
