using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Gating.Benchmarks.Ratios;

/// <summary>How fast and how quiet the machine is while ratios are measured: read in every round, printed beside the table, and judge of it.</summary>
internal sealed class Calibration
{
    /// <summary>Beyond this range of any calibration, nothing that rests on time is believed.</summary>
    public const double MostSpread = 0.25;

    /// <summary>What shares the core with us comes and goes within seconds, and takes a third of it: a fifth of a second met it or did not.</summary>
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(1);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _block = new byte[1024 * 1024];
    private readonly List<double> _signatures = [];
    private readonly List<double> _hashes = [];
    private readonly List<double> _together = [];
    private readonly List<double> _loads = [];

    /// <summary>Microseconds of one ES256 verification and one signature, one thread.</summary>
    public Spread Signatures => Spread.Of(_signatures);

    /// <summary>Megabytes of SHA-256 in a second, one thread.</summary>
    public Spread Hashes => Spread.Of(_hashes);

    /// <summary>The same of two threads together, for what has two at work: whether the second core is there. None without <see cref="ReadTogether"/>.</summary>
    public Spread HashesTogether => Spread.Of(_together);

    public Spread Loads => Spread.Of(_loads);

    /// <summary>What stands beside every table.</summary>
    public IReadOnlyList<Reading> Readings => [new("ES256 verify + sign, one thread", "µs", Signatures), new("SHA-256, one thread", "MB/s", Hashes)];

    public void Read()
    {
        var signature = _key.SignData(_block.AsSpan(0, 900), HashAlgorithmName.SHA256);
        if (_signatures.Count == 0)
        {
            // The first second is the compiler's, not the machine's.
            PerSecond(() => VerifyAndSign(signature));
        }

        _signatures.Add(1_000_000 / PerSecond(() => VerifyAndSign(signature)));
        _hashes.Add(PerSecond(() => SHA256.HashData(_block)));
        var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "0";
        _loads.Add(double.Parse(load, CultureInfo.InvariantCulture));
    }

    public void ReadTogether()
    {
        var other = 0.0;
        var thread = new Thread(() => other = PerSecond(() => SHA256.HashData(_block)));
        thread.Start();
        var own = PerSecond(() => SHA256.HashData(_block));
        thread.Join();
        _together.Add(own + other);
    }

    private void VerifyAndSign(byte[] signature)
    {
        _key.VerifyData(_block.AsSpan(0, 900), signature, HashAlgorithmName.SHA256);
        _key.SignData(_block.AsSpan(0, 900), HashAlgorithmName.SHA256);
    }

    private static double PerSecond(Action act)
    {
        act();
        var (count, started) = (0, Stopwatch.GetTimestamp());
        for (; Stopwatch.GetElapsedTime(started) < Each; count++)
        {
            act();
        }

        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
