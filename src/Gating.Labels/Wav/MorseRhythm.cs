namespace Gating.Labels.Wav;

/// <summary>
/// The rhythm that stands for AI in place of words (GB 45438-2025, 5.3): short-long short-short, which is A and I in Morse code. Its speed is free; a long tone and the gap between letters
/// take three times a short one. Times are in seconds from the start of the sound.
/// </summary>
internal static class MorseRhythm
{
    public const double Frequency = 1000;

    /// <summary>All that is touched, and all that is listened to.</summary>
    public const double Length = 1.25;

    private const double Unit = 0.1;
    private const double FirstAt = 0.05;

    /// <summary>So that tones do not click.</summary>
    private const double Edge = 0.005;

    /// <summary>How long the programme takes to step back, and to return.</summary>
    private const double Fade = 0.02;

    /// <summary>What of a window's sides is not listened to.</summary>
    private const double Margin = 0.01;

    /// <summary>In units: tone, gap, tone, gap and so on.</summary>
    private static readonly int[] Units = [1, 1, 3, 3, 1, 1, 1];

    private static readonly (double From, double To)[] Tones = [.. Spans(0)];

    /// <summary>Where to listen for a tone, and where for none; long ones in parts, so that every part has to hold it.</summary>
    public static IReadOnlyList<(double From, double To, bool IsTone)> Windows { get; } =
    [
        (Fade, FirstAt - Edge, false),
        .. Spans(0).SelectMany(static span => Parts(span, isTone: true)),
        .. Spans(1).SelectMany(static span => Parts(span, isTone: false)),
        (Tones[^1].To + Margin, Length - Fade - Edge, false),
    ];

    /// <summary>How loud the tone is, from 0 to 1.</summary>
    public static double Tone(double at)
    {
        foreach (var (from, to) in Tones)
        {
            if (at > from && at < to)
            {
                return Rise(Math.Min(at - from, to - at) / Edge);
            }
        }

        return 0;
    }

    /// <summary>How far the programme has stepped back, from 0 to 1.</summary>
    public static double Duck(double at) => Rise(Math.Min(at, Length - at) / Fade);

    private static double Rise(double share) => share >= 1 ? 1 : share <= 0 ? 0 : (1 - Math.Cos(Math.PI * share)) / 2;

    private static IEnumerable<(double From, double To)> Spans(int first)
    {
        for (var i = first; i < Units.Length; i += 2)
        {
            var from = FirstAt + (Units.Take(i).Sum() * Unit);
            yield return (from, from + (Units[i] * Unit));
        }
    }

    private static IEnumerable<(double From, double To, bool IsTone)> Parts((double From, double To) span, bool isTone)
    {
        for (var from = span.From; from < span.To - (Unit / 2); from += Unit)
        {
            yield return (from + Margin, from + Unit - Margin, isTone);
        }
    }
}
