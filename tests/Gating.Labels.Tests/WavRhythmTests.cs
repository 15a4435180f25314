using System.Buffers.Binary;
using Gating.Labels.Explicit;
using Gating.Labels.Tests.Samples;
using Gating.Testing;
using Shouldly;
using Xunit;
using static Gating.Labels.Tests.Samples.RiffSamples;

namespace Gating.Labels.Tests;

public sealed class WavRhythmTests
{
    private const int Seconds = 2;

    /// <summary>By tag and bits; a tag above says extensible.</summary>
    private static readonly (bool IsFloat, int Bits, bool IsExtensible)[] Forms = [(false, 8, false), (false, 16, false), (false, 24, true), (false, 32, false), (true, 32, false), (true, 64, true)];

    private static readonly Dictionary<string, Func<double, double>> Programmes = new(StringComparer.Ordinal)
    {
        ["silence"] = static _ => 0,
        ["quiet noise"] = static time => 0.001 * Noise(time),
        ["loud noise"] = static time => 0.9 * Noise(time),
        ["a square of full scale"] = static time => Math.Sin(Math.Tau * 440 * time) > 0 ? 1 : -1,
        ["a tone of the rhythm's own frequency"] = static time => 0.5 * Math.Sin((Math.Tau * 1000 * time) + 1),
        ["chords and beats"] = static time => 0.3 * (Math.Sin(Math.Tau * 262 * time) + Math.Sin(Math.Tau * 330 * time) + Math.Sin(Math.Tau * 988 * time)) * Math.Exp(-4 * (time % 0.25)),
        ["syllables"] = static time => Syllables(time),
        ["sound that begins late"] = static time => time < 1 ? 0 : 0.8 * Math.Sin(Math.Tau * 200 * time),
    };

    public static TheoryData<string> Kinds => [.. Programmes.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_rhythm_is_found_again_in_every_kind_of_sound(string what)
    {
        for (var form = 0; form < Forms.Length; form++)
        {
            FindsAgain(what, form);
        }
    }

    private static void FindsAgain(string what, int form)
    {
        var file = Sound(Programmes[what], form);
        ExplicitLabel.Read(new MemoryStream(file)).ShouldBeOfType<ExplicitFinding.Undetermined>();
        var (labelled, outcome) = ExplicitTests.Write(file);
        outcome.Label.ShouldBe(new ExplicitFinding.Found("start of the sound", "AI (Morse: short-long short-short)"));

        // Neither length nor chunks nor what comes behind the rhythm.
        labelled.Length.ShouldBe(file.Length);
        var frame = Forms[form].Bits / 8 * 2;
        var start = file.AsSpan().IndexOf("data"u8) + 8;
        labelled[..start].ShouldBe(file[..start]);
        labelled[(start + (10_000 * frame))..].ShouldBe(file[(start + (10_000 * frame))..]);
    }

    [Fact]
    public void Tones_are_as_loud_as_the_programme_within_bounds()
    {
        Loudest(static _ => 0).ShouldBe(0.0316, 0.001);
        Loudest(static time => 0.1 * Math.Sin(Math.Tau * 300 * time)).ShouldBeInRange(0.1, 0.13);
        Loudest(static time => Math.Sin(Math.Tau * 300 * time)).ShouldBeInRange(0.5, 0.7);
    }

    [Fact]
    public void No_other_rhythm_is_taken_for_it()
    {
        foreach (var (what, programme) in Programmes)
        {
            ExplicitLabel.Read(new MemoryStream(Sound(programme, 1))).ShouldBeOfType<ExplicitFinding.Undetermined>(what);
        }

        // I A: the letters in the wrong order; and the right ones at another pitch.
        ExplicitLabel.Read(new MemoryStream(Sound(static time => Keyed(time, 1000, [(0, 1), (2, 3), (6, 7), (8, 11)]), 1))).ShouldBeOfType<ExplicitFinding.Undetermined>();
        ExplicitLabel.Read(new MemoryStream(Sound(static time => Keyed(time, 1200, [(0, 1), (2, 5), (8, 9), (10, 11)]), 1))).ShouldBeOfType<ExplicitFinding.Undetermined>();
        ExplicitLabel.Read(new MemoryStream(Sound(static time => Keyed(time, 1000, [(0, 1), (2, 5), (8, 9), (10, 11)]), 1))).ShouldBeOfType<ExplicitFinding.Found>();
    }

    public static TheoryData<string, byte[]> Unfit => new()
    {
        { "too short", File("WAVE", WavSamples.Format, Chunk("data", new byte[9000])) },
        { "a codec", File("WAVE", Chunk("fmt ", [7, 0, 1, 0], Numbers(8000, 8000), [1, 0, 8, 0]), Chunk("data", new byte[20_000])) },
        { "12 bits", File("WAVE", Chunk("fmt ", [1, 0, 1, 0], Numbers(8000, 16_000), [2, 0, 12, 0]), Chunk("data", new byte[40_000])) },
        { "too few samples a second", File("WAVE", Chunk("fmt ", [1, 0, 1, 0], Numbers(2000, 2000), [1, 0, 8, 0]), Chunk("data", new byte[9000])) },
        { "no numbers", Sound(static time => time > 0.5 ? double.NaN : 0, 4) },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void What_it_cannot_be_mixed_into_is_refused(string what, byte[] file)
    {
        using var output = new MemoryStream();
        ExplicitLabel.Write(new MemoryStream(file), output, ExplicitWording.Usual, C2paBinding.Refuse).ShouldBeOfType<ExplicitOutcome.Refused>(what).Reason.ShouldBe(LabelRefusal.Unsupported, what);
    }

    [Fact]
    public void Large_files_have_their_samples_where_ds64_says()
    {
        var file = Sound(Programmes["chords and beats"], 1);
        var large = File("WAVE", Chunk("ds64", Numbers((uint)file.Length + 28, 0, (uint)(Seconds * 8000 * 4), 0, 0, 0, 0)), file[12..]);
        "RF64"u8.CopyTo(large);
        large.AsSpan(4, 4).Fill(0xFF);
        large.AsSpan(large.AsSpan().IndexOf("data"u8) + 4, 4).Fill(0xFF);
        ExplicitTests.Write(large).Bytes.Length.ShouldBe(large.Length);
    }

    [CorpusFact("media/MANIFEST.csv")]
    public void No_file_of_the_corpus_holds_it()
    {
        foreach (var file in Corpora.Files("media/wav"))
        {
            using var input = System.IO.File.OpenRead(file);
            ExplicitLabel.Read(input).ShouldBeOfType<ExplicitFinding.Undetermined>(file);
        }
    }

    private static double Loudest(Func<double, double> programme)
    {
        var file = ExplicitTests.Write(Sound(programme, 1)).Bytes;
        var samples = file.AsSpan(file.AsSpan().IndexOf("data"u8) + 8, 9000 * 4)[(1000 * 4)..].ToArray();
        return Enumerable.Range(0, samples.Length / 2).Max(at => Math.Abs(BinaryPrimitives.ReadInt16LittleEndian(samples.AsSpan(at * 2)) / 32768.0));
    }

    /// <summary>Two channels of 8,000 samples a second, the other one quieter.</summary>
    private static byte[] Sound(Func<double, double> programme, int form)
    {
        var (isFloat, bits, isExtensible) = Forms[form];
        var width = bits / 8;
        var sound = new Wav.WavSound(isFloat, width, 2, width * 2, 8000, 0, 0);
        var data = new byte[Seconds * 8000 * 2 * width];
        for (var at = 0; at < data.Length; at += width)
        {
            var value = programme(at / (2 * width) / 8000.0);
            sound.Set(data.AsSpan(at), at / width % 2 == 0 ? value : value / 2);
        }

        byte[] tag = [(byte)(isFloat ? 3 : 1), 0];
        byte[] common = [2, 0, .. Numbers(8000, (uint)(8000 * 2 * width)), (byte)(2 * width), 0, (byte)bits, 0];
        byte[] format = isExtensible
            ? [0xFE, 0xFF, .. common, 22, 0, (byte)bits, 0, 3, 0, 0, 0, .. tag, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
            : [.. tag, .. common];
        return File("WAVE", Chunk("fmt ", format), Chunk("data", data), Chunk("junk", [1, 2, 3]));
    }

    // The same number for the same moment: a linear congruential generator's step, well stirred.
    private static double Noise(double time)
    {
        var state = unchecked(((uint)Math.Round(time * 8000) * 2654435761u) + 12345u);
        state = unchecked((state ^ (state >> 15)) * 2246822519u);
        return ((state ^ (state >> 13)) / 2147483648.0) - 1;
    }

    /// <summary>Voiced and unvoiced by turns, of the speed of speech.</summary>
    private static double Syllables(double time)
    {
        var (syllable, within) = ((int)(time * 5), time * 5 % 1);
        var voiced = Enumerable.Range(1, 12).Sum(harmonic => Math.Sin(Math.Tau * 120 * harmonic * time) / harmonic);
        return Math.Sin(Math.PI * within) * (syllable % 3 == 0 ? 0.1 * Noise(time) : 0.3 * voiced);
    }

    private static double Keyed(double time, double frequency, (int From, int To)[] tones) =>
        tones.Any(tone => time > 0.05 + (tone.From * 0.1) && time < 0.05 + (tone.To * 0.1)) ? 0.3 * Math.Sin(Math.Tau * frequency * time) : 0;
}
