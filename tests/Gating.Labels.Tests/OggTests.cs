using System.Buffers.Binary;
using Gating.Labels.Media;
using Gating.Labels.Ogg;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

/// <summary>What is special to Ogg.</summary>
public sealed class OggTests
{
    [Theory]
    [InlineData(64_800)]
    [InlineData(65_024)]
    [InlineData(65_025)]
    [InlineData(200_000)]
    public void Where_the_comment_needs_another_page_all_later_ones_are_numbered_anew(int vendor)
    {
        var file = OggSamples.File(OggSamples.VorbisId, [[Comment(vendor), OggSamples.Setup]]);
        var (labelled, _) = RoundTripTests.Write(file, TestLabels.Content());
        var pages = Pages(labelled);
        pages.Select(static page => page.Sequence).ShouldBe(Enumerable.Range(0, pages.Count).Select(static n => (uint)n));
        var packets = Packets(labelled, pages);
        packets[2].ShouldBe(OggSamples.Setup);
        packets[3..].ShouldBe(Packets(file, Pages(file))[3..]);
    }

    [Fact]
    public void A_page_that_was_damaged_is_as_damaged_after_it_was_numbered_anew()
    {
        var file = OggSamples.File(OggSamples.VorbisId, [[Comment(64_800), OggSamples.Setup]]);
        file[^1] ^= 1;
        var (labelled, _) = RoundTripTests.Write(file, TestLabels.Content());
        Should.Throw<MediaException>(() => Pages(labelled));
    }

    [Fact]
    public void What_opus_keeps_behind_its_comments_stays()
    {
        var (labelled, _) = RoundTripTests.Write(OggSamples.Opus([.. FlacSamples.Comment, 1, 2, 3]), TestLabels.Content());
        Packets(labelled, Pages(labelled))[1].AsSpan().EndsWith((byte[])[(byte)'}', 1, 2, 3]).ShouldBeTrue();
    }

    [Fact]
    public void Chained_multiplexed_and_unknown_streams_are_refused()
    {
        var opus = OggSamples.Opus(FlacSamples.Comment);
        var other = OggPage.ToBytes(OggPage.First, 0, 7, 0, [19], OggSamples.OpusId);
        var first = (int)Pages(opus)[0].End;
        ShouldBeUnsupported([.. opus, .. OggSamples.File(OggSamples.OpusId, [[[.. "OpusTags"u8, .. FlacSamples.Comment]]], serial: 7)]);
        ShouldBeUnsupported([.. opus[..first], .. other, .. opus[first..]]);
        ShouldBeUnsupported(OggSamples.File([.. "Speex   "u8, .. new byte[72]], [[FlacSamples.Comment]]));
    }

    [Fact]
    public void A_wrong_crc_before_the_audio_is_malformed()
    {
        var file = OggSamples.Opus(FlacSamples.Comment);
        file[file.AsSpan().IndexOf("silence"u8)] ^= 1;
        LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Refused>().Reason.ShouldBe(LabelRefusal.Malformed);
    }

    [Fact]
    public void Empty_pages_without_end_are_refused()
    {
        var first = OggPage.ToBytes(OggPage.First, 0, 7, 0, [19], OggSamples.OpusId);
        var empty = OggPage.ToBytes(0, 0, 7, 1, [], []);
        ShouldBeUnsupported([.. first, .. Enumerable.Repeat(empty, 10_001).SelectMany(static page => page)]);
    }

    private static void ShouldBeUnsupported(byte[] file) => LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Refused>().Reason.ShouldBe(LabelRefusal.Unsupported);

    private static byte[] Comment(int vendor)
    {
        var bytes = new byte[7 + 4 + vendor + 4 + 1];
        "\u0003vorbis"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(7), vendor);
        bytes.AsSpan(11, vendor).Fill((byte)'v');
        bytes[^1] = 1;
        return bytes;
    }

    private static List<OggPage> Pages(byte[] file)
    {
        var source = new MediaSource(new MemoryStream(file));
        var pages = new List<OggPage>();
        for (var at = 0L; at < file.Length; at = pages[^1].End)
        {
            pages.Add(OggPage.Read(source, at));
            pages[^1].ReadPayload(source);
        }

        return pages;
    }

    private static List<byte[]> Packets(byte[] file, List<OggPage> pages)
    {
        List<byte[]> packets = [[]];
        foreach (var page in pages)
        {
            var at = (int)page.PayloadOffset;
            foreach (var length in page.Lacing)
            {
                packets[^1] = [.. packets[^1], .. file.AsSpan(at, length)];
                at += length;
                if (length < 255)
                {
                    packets.Add([]);
                }
            }
        }

        return packets;
    }
}
