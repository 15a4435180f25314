using Gating.Labels.Media;

namespace Gating.Labels.Wav;

/// <summary>
/// Listens for the rhythm: at its frequency (one bin of a Fourier transform for each window), in all channels together. Found where every tone is there, about as loud as the others and the
/// better part of what sounds, and nothing near as loud at that frequency in any gap.
/// </summary>
internal static class MorseEar
{
    /// <summary>Under the quietest tone that is written, a programme against it included.</summary>
    private const double MinTone = 0.015;

    private const double MaxSpread = 2.2;
    private const double MaxGap = 0.45;
    private const double MinShare = 0.4;

    public static bool Hears(MediaSource source, WavSound sound)
    {
        var frames = (long)(MorseRhythm.Length * sound.Rate);
        if (sound.Frames < frames)
        {
            return false;
        }

        var bins = MorseRhythm.Windows.Select(window => new Bin((long)(window.From * sound.Rate), (long)(window.To * sound.Rate), window.IsTone)).OrderBy(static bin => bin.From).ToArray();
        sound.Walk(source, frames, (first, part) => Listen(sound, first, part.Span, bins));
        var (tones, gaps) = (bins.Where(static bin => bin.IsTone).ToArray(), bins.Where(static bin => !bin.IsTone));
        var quietest = tones.Min(static bin => bin.Amplitude);
        return quietest >= MinTone && tones.Max(static bin => bin.Amplitude) <= MaxSpread * quietest
            && tones.All(static bin => bin.Share >= MinShare) && gaps.All(bin => bin.Amplitude <= MaxGap * quietest);
    }

    private static void Listen(WavSound sound, long first, ReadOnlySpan<byte> part, Bin[] bins)
    {
        var number = 0;
        for (var (frame, at) = (first, 0); at < part.Length; frame++, at += sound.Frame)
        {
            // They stand in the order of time, and apart.
            while (number < bins.Length && frame >= bins[number].To)
            {
                number++;
            }

            if (number == bins.Length || frame < bins[number].From)
            {
                continue;
            }

            var sum = 0.0;
            for (var channel = 0; channel < sound.Channels; channel++)
            {
                sum += sound.Get(part[(at + (channel * sound.Width))..]);
            }

            // Its phase from 0 to 1, exact over any length.
            var (sin, cos) = Math.SinCos(Math.Tau * (frame * (long)MorseRhythm.Frequency % sound.Rate / (double)sound.Rate));
            bins[number].Add(sum / sound.Channels, sin, cos);
        }
    }

    private sealed class Bin(long from, long to, bool isTone)
    {
        private double _sin;
        private double _cos;
        private double _energy;

        public long From => from;

        public long To => to;

        public bool IsTone => isTone;

        /// <summary>Of the tone alone. What is no number is no tone.</summary>
        public double Amplitude => 2 * Math.Sqrt((_sin * _sin) + (_cos * _cos)) / (to - from);

        /// <summary>Of the tone in all that sounds.</summary>
        public double Share => Amplitude * Amplitude / 2 * (to - from) / _energy;

        public void Add(double value, double sin, double cos)
        {
            _sin += value * sin;
            _cos += value * cos;
            _energy += value * value;
        }
    }
}
