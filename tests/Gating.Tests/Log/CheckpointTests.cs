using System.Text;
using System.Text.Json;
using Gating.Log;
using Gating.Log.Merkle;
using Gating.Log.Notes;
using Gating.Testing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Log;

public sealed class CheckpointTests(ITestOutputHelper output)
{
    private const string Vectors = "tlog/vectors/checkpoint.json";

    [CorpusFact(Vectors)]
    public void Checkpoints_are_read_as_the_corpus_says_where_their_root_is_SHA_256()
    {
        using var json = JsonDocument.Parse(Corpora.Read(Vectors));
        var (read, refused, otherHashes) = (0, 0, 0);
        foreach (var vector in json.RootElement.GetProperty("checkpoints").EnumerateArray())
        {
            var body = vector.GetProperty("body").GetString()!;
            var checkpoint = Checkpoint.Parse(Encoding.UTF8.GetBytes(body));
            if (!vector.GetProperty("parse").GetBoolean() || IsAnotherHash(body))
            {
                checkpoint.ShouldBeNull(vector.GetProperty("desc").GetString());
                (refused, otherHashes) = (refused + 1, otherHashes + (vector.GetProperty("parse").GetBoolean() ? 1 : 0));
                continue;
            }

            read++;
            checkpoint.ShouldNotBeNull().Extensions.ShouldBe(vector.GetProperty("rest").GetString());
            Encoding.UTF8.GetString(checkpoint.ToText()).ShouldBe(body);
        }

        output.WriteLine($"{read} read, {refused} refused, {otherHashes} of these for a root of another length than SHA-256's");
        (read + refused).ShouldBe(18);
    }

    [Theory]
    [InlineData("Log\n5\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", true)]
    [InlineData("Log\n5\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\nan extension\nand one more\n", true)]
    [InlineData("Log\n9223372036854775807\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", true)]
    [InlineData("Log\n9223372036854775808\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", false)]
    [InlineData("Log\n5\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb1=\n", false)]
    [InlineData("Log\n 5\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", false)]
    [InlineData("Log\n5\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0= \n", false)]
    [InlineData("Log\n5\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n\nx\n", false)]
    [InlineData("Log\n٥\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n", false)]
    [InlineData("Log\n5\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\nx\n\n", false)]
    [InlineData("Log\n5\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\nx\ty\n", false)]
    [InlineData("Log\n5\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\nx\u001Fy\n", false)]
    [InlineData("Log\n5\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=", false)]
    [InlineData("", false)]
    [InlineData("\n", false)]
    public void There_is_one_text_for_each(string text, bool isOne)
    {
        var checkpoint = Checkpoint.Parse(Encoding.UTF8.GetBytes(text));
        (checkpoint is not null).ShouldBe(isOne);
        (checkpoint is null || Encoding.UTF8.GetString(checkpoint.ToText()) == text).ShouldBeTrue();
    }

    [Fact]
    public async Task A_checkpoint_is_believed_under_a_trusted_key_and_the_origin_that_was_asked_for_alone()
    {
        var (ours, others) = (Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate("example.com/log"))!, Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate("example.com/log"))!);
        var checkpoint = new Checkpoint("example.com/log", 0, TreeHash.Empty);
        var note = await SignedNote.SignAsync(checkpoint.ToText(), [ours], default);
        Checkpoint.Open(note, "example.com/log", [ours.Key]).ShouldBe(checkpoint);
        Checkpoint.Open(note, "example.com/log2", [ours.Key]).ShouldBeNull();
        Checkpoint.Open(note, "example.com/log", [others.Key]).ShouldBeNull();
        Checkpoint.Open(await SignedNote.SignAsync("no checkpoint\n"u8.ToArray(), [ours], default), "no checkpoint", [ours.Key]).ShouldBeNull();
    }

    private static bool IsAnotherHash(string body) => body.Split('\n') is [_, _, var root, ..] && Convert.TryFromBase64String(root, new byte[99], out var length) && length != TreeHash.Size;
}
