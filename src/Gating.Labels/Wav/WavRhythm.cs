using Gating.Labels.Explicit;
using Gating.Labels.Media;

namespace Gating.Labels.Wav;

/// <summary>
/// The label that is heard: the rhythm short-long short-short at the start (GB 45438-2025, 5.3), mixed into all channels. The programme steps back while it sounds; the tones are as loud as
/// it was. Neither the file's length nor any chunk changes, and no sample behind the rhythm.
/// </summary>
internal sealed class WavRhythm : IExplicitFormat
{
    /// <summary>Of the tones, from -30 to -6 dB of full scale: heard in silence, and with room for the programme under it.</summary>
    private const double MinTone = 0.0316;
    private const double MaxTone = 0.501;

    /// <summary>What is left of the programme under the tones: -12 dB or less, and its loudest moment 13 dB below them.</summary>
    private const double Rest = 0.25;
    private const double RestUnderTone = 0.22;

    private static readonly WavFormat Format = new();

    /// <summary>Floats may be beyond full scale; beyond this they are no sound.</summary>
    private const double MaxSample = 1000;

    /// <summary>Moments for which the loudest is looked for, in one second.</summary>
    private const int Moments = 40;

    public string Name => Format.Name;

    public bool Recognizes(MediaSource source, ReadOnlySpan<byte> start) => Format.Recognizes(start);

    public ExplicitFinding Read(MediaSource source) => MorseEar.Hears(source, WavSound.Of(source))
        ? new ExplicitFinding.Found("start of the sound", "AI (Morse: short-long short-short)")
        : new ExplicitFinding.Undetermined("Its first second does not hold the rhythm for AI; what is spoken is not listened to here.");

    // The wording is for words; the rhythm says all of it.
    public Splice Write(MediaSource source, ExplicitWording wording)
    {
        var sound = WavSound.Of(source);
        var frames = (long)(MorseRhythm.Length * sound.Rate);
        if (sound.Frames < frames)
        {
            throw MediaException.Unsupported(sound.Start, $"A sound of {sound.Frames} samples; the rhythm for AI takes {frames}.");
        }

        var (usual, loudest) = Measure(source, sound, frames);
        var tone = Math.Clamp(usual * Math.Sqrt(2), MinTone, MaxTone);
        var rest = Math.Min(Rest, RestUnderTone * tone / Math.Max(loudest * Math.Sqrt(2), double.Epsilon));
        var end = sound.Start + (frames * sound.Frame);
        return new Splice().Keep(0, sound.Start)
            .Make(end - sound.Start, (from, put) => sound.Walk(from, frames, (first, part) =>
            {
                Mix(sound, first, part.Span, tone, rest);
                put(part);
            }))
            .Keep(end, source.Length);
    }

    /// <summary>How loud the programme is (root of the mean square), and how loud its loudest moment.</summary>
    private static (double Usual, double Loudest) Measure(MediaSource source, WavSound sound, long frames)
    {
        var moments = new double[(int)(MorseRhythm.Length * Moments) + 1];
        sound.Walk(source, frames, (first, part) =>
        {
            for (var at = 0; at < part.Length; at += sound.Width)
            {
                var value = sound.Get(part.Span[at..]);
                if (!(Math.Abs(value) <= MaxSample))
                {
                    throw MediaException.Unsupported(sound.Start + (first * sound.Frame) + at, "Samples that are no numbers, or far beyond full scale.");
                }

                moments[(first + (at / sound.Frame)) * Moments / sound.Rate] += value * value;
            }
        });
        var samples = (double)sound.Channels * sound.Rate / Moments;
        return (Math.Sqrt(moments.Sum() / (frames * sound.Channels)), Math.Sqrt(moments.Max() / samples));
    }

    private static void Mix(WavSound sound, long first, Span<byte> part, double tone, double rest)
    {
        for (var (frame, at) = (first, 0); at < part.Length; frame++, at += sound.Frame)
        {
            var time = frame / (double)sound.Rate;
            var phase = frame * (long)MorseRhythm.Frequency % sound.Rate / (double)sound.Rate;
            var added = tone * MorseRhythm.Tone(time) * Math.Sin(Math.Tau * phase);
            var kept = 1 - ((1 - rest) * MorseRhythm.Duck(time));
            for (var channel = 0; channel < sound.Channels; channel++)
            {
                var sample = part[(at + (channel * sound.Width))..];
                sound.Set(sample, (sound.Get(sample) * kept) + added);
            }
        }
    }
}
