using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gating.Log.Notes;
using Gating.Testing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Log.Notes;

public sealed class SignedNoteTests(ITestOutputHelper output)
{
    private const string Vectors = "tlog/vectors/signed_note.json";
    private const string Text = "first line\n\nlast line\n";

    [CorpusFact(Vectors)]
    public async Task The_corpus_s_key_signs_as_it_says()
    {
        using var json = JsonDocument.Parse(Corpora.Read(Vectors));
        var signer = Ed25519NoteSigner.Parse(json.RootElement.GetProperty("signerKey").GetString()).ShouldNotBeNull();
        var text = Encoding.UTF8.GetBytes(json.RootElement.GetProperty("text").GetString()!);
        Encoding.UTF8.GetString(await SignedNote.SignAsync(text, [signer], default)).ShouldBe(json.RootElement.GetProperty("expectedSigned").GetString());
    }

    [CorpusFact(Vectors)]
    public void Keys_are_read_as_the_corpus_says_and_no_part_or_near_miss_of_one_is()
    {
        using var json = JsonDocument.Parse(Corpora.Read(Vectors));
        var (good, misses) = (0, 0);
        foreach (var vector in json.RootElement.GetProperty("verifierKeys").EnumerateArray().Where(static vector => vector.TryGetProperty("vkey", out _)))
        {
            var text = vector.GetProperty("vkey").GetString()!;
            var key = NoteKey.Parse(text);
            (key is not null).ShouldBe(vector.GetProperty("ok").GetBoolean(), text);
            if (key is null)
            {
                continue;
            }

            key.ToString().ShouldBe(text);
            good++;
            misses += NearMisses(text).Count(static miss =>
            {
                NoteKey.Parse(miss).ShouldBeNull(miss);
                return true;
            });
        }

        output.WriteLine($"{good} keys, {misses} parts and near misses refused");
        good.ShouldBe(3);
    }

    [CorpusFact(Vectors)]
    public void Notes_are_opened_as_the_corpus_says()
    {
        using var json = JsonDocument.Parse(Corpora.Read(Vectors));
        var (opened, seen) = (0, 0);
        foreach (var vector in json.RootElement.GetProperty("notes").EnumerateArray())
        {
            var what = vector.GetProperty("desc").GetString()!;
            var keys = vector.GetProperty("verifierKeys").EnumerateArray().Select(static key => NoteKey.Parse(key.GetString()).ShouldNotBeNull()).ToArray();
            var outcome = SignedNote.Open(vector.GetProperty("msgBase64").GetBytesFromBase64(), keys);
            seen++;
            if (!vector.GetProperty("open").GetBoolean())
            {
                outcome.ShouldBeOfType<NoteOutcome.Refused>(what).Reason.ShouldBe(Expected(vector, what), what);
                continue;
            }

            var note = outcome.ShouldBeOfType<NoteOutcome.Opened>(what);
            opened++;
            Names(vector, "verified").ShouldBeSubsetOf(note.By.Select(static key => key.Name), what);
            note.By.Length.ShouldBe(Math.Max(1, Names(vector, "verified").Length), what);
            note.Unknown.Select(static signature => signature.Name).Distinct(StringComparer.Ordinal).Except(Names(vector, "unverified"), StringComparer.Ordinal)
                .ShouldBeSubsetOf(vector.TryGetProperty("unverified", out _) ? [] : ["EnochRoot"], what);
            Names(vector, "unverified").ShouldBeSubsetOf(note.Unknown.Select(static signature => signature.Name), what);
        }

        output.WriteLine($"{seen} notes, {opened} opened");
        (seen, opened).ShouldBe((17, 4));
    }

    [Fact]
    public async Task Both_kinds_of_signature_are_made_and_checked_and_unknown_ones_are_passed_over()
    {
        using var ecdsa = new EcdsaNoteSigner("example.com/log", ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var ed25519 = Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate("example.com/log")).ShouldNotBeNull();
        var note = await SignedNote.SignAsync(Encoding.UTF8.GetBytes(Text), [ed25519, ecdsa], default);
        foreach (var keys in new NoteKey[][] { [ed25519.Key, ecdsa.Key], [ed25519.Key], [ecdsa.Key] })
        {
            var read = keys.Select(static key => NoteKey.Parse(key.ToString()).ShouldNotBeNull()).ToArray();
            var opened = SignedNote.Open(note, read).ShouldBeOfType<NoteOutcome.Opened>();
            Encoding.UTF8.GetString(opened.Text.Span).ShouldBe(Text);
            (opened.By.Length, opened.Unknown.Length).ShouldBe((keys.Length, 2 - keys.Length));
        }

        note[3] ^= 1;
        SignedNote.Open(note, [ed25519.Key]).ShouldBe(new NoteOutcome.Refused(NoteRefusal.FalseSignature));
        SignedNote.Open(note, [ecdsa.Key]).ShouldBe(new NoteOutcome.Refused(NoteRefusal.FalseSignature));
    }

    [Fact]
    public async Task A_witness_s_cosignature_covers_its_time()
    {
        var seed = Convert.FromHexString("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        var publicKey = Ed25519.PublicKeyOf(seed);
        var id = NoteKey.IdOf("witness.example", NoteAlgorithm.CosignatureV1, publicKey);
        var key = NoteKey.Parse($"witness.example+{id:x8}+{Convert.ToBase64String([4, .. publicKey])}").ShouldNotBeNull();
        byte[] time = [0, 0, 0, 0, 0x6A, 0, 0, 0];
        var signature = Ed25519.Sign(seed, Encoding.UTF8.GetBytes($"cosignature/v1\ntime {0x6A000000}\n{Text}"));

        key.Verify(Encoding.UTF8.GetBytes(Text), [.. time, .. signature]).ShouldBeTrue();
        time[7] = 1;
        key.Verify(Encoding.UTF8.GetBytes(Text), [.. time, .. signature]).ShouldBeFalse();
        key.Verify(Encoding.UTF8.GetBytes(Text), signature).ShouldBeFalse();
        await Task.CompletedTask;
    }

    [Theory]
    [InlineData("no newline at the end")]
    [InlineData("a control\t character\n")]
    [InlineData("a carriage return\r\n")]
    public async Task A_text_that_no_note_can_have_is_not_signed(string text) =>
        await Should.ThrowAsync<ArgumentException>(SignedNote.SignAsync(Encoding.UTF8.GetBytes(text), [Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate("a"))!], default));

    [Fact]
    public async Task A_signature_in_another_base64_than_its_own_makes_no_note()
    {
        var signer = Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate("a")).ShouldNotBeNull();
        var note = Encoding.UTF8.GetString(await SignedNote.SignAsync(Encoding.UTF8.GetBytes(Text), [signer], default));
        var at = note.LastIndexOf('=') - 1;
        foreach (var other in new[] { note.Insert(at, " "), note.Replace("=", string.Empty, StringComparison.Ordinal), note[..at] + Next(note[at]) + note[(at + 1)..] })
        {
            SignedNote.Parse(Encoding.UTF8.GetBytes(other)).ShouldBeNull(other);
        }
    }

    [Theory]
    [InlineData("PRIVATE+KEY+PeterNeumann+c74f20a4+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")]
    [InlineData("PRIVATE+KEY+PeterNeuman+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")]
    [InlineData("PRIVATE+KEY+PeterNeumann+c74f20a3+AoEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")]
    [InlineData("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDF")]
    [InlineData("PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")]
    [InlineData(null)]
    public void A_private_key_that_is_not_whole_is_refused(string? text) => Ed25519NoteSigner.Parse(text).ShouldBeNull();

    // What comes after the last significant bits of base64: another character that decodes to the same bytes.
    private static char Next(char c) => c == 'z' ? '0' : (char)(c + 1);

    private static IEnumerable<string> NearMisses(string key)
    {
        for (var start = 0; start < key.Length; start++)
        {
            for (var end = start; end <= key.Length; end++)
            {
                if (end - start < key.Length)
                {
                    yield return key[start..end];
                }
            }
        }

        for (var i = 0; i < key.Length; i++)
        {
            yield return $"{key[..i]}{(char)(key[i] + 1)}{key[(i + 1)..]}";
        }
    }

    private static NoteRefusal Expected(JsonElement vector, string what) => (vector.TryGetProperty("error", out var error) ? error.GetString()! : what) switch
    {
        "unverified" or "name swapped: same sig bytes under another name" or "key hash swapped" => NoteRefusal.Unverified,
        "ambiguous key" => NoteRefusal.AmbiguousKey,
        "invalid signature for a KNOWN key must fail, not be skipped" => NoteRefusal.FalseSignature,
        _ => NoteRefusal.Malformed,
    };

    private static string[] Names(JsonElement vector, string property) =>
        vector.TryGetProperty(property, out var names) ? [.. names.EnumerateArray().Select(static name => name.GetString()!)] : [];
}
