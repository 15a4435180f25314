using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Evidence;
using Gating.Testing.Evidence;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Evidence;

/// <summary>
/// A bundle of which anything was changed is never taken for the one that was written, and the claim that is broken is named: by the manifest, and, where the forger can sign manifests himself, by what the changed file says.
/// </summary>
public sealed class BundleMutationTests(ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>Files up to this length are tried byte by byte.</summary>
    private const int EveryByte = 1500;

    /// <summary>Longer ones at so many places.</summary>
    private const int Places = 300;

    private static readonly Dictionary<string, string[]> Named = new(StringComparer.Ordinal)
    {
        ["checkpoint.txt"] = ["checkpoint", "proofs"],
        ["keys.json"] = ["checkpoint"],
        ["entries.jsonl"] = ["entries", "chain", "proofs", "labels", "table", "whole streams"],
        ["labels.jsonl"] = ["labels"],
        ["proofs.jsonl"] = ["proofs", "whole streams"],
        ["streams.jsonl"] = ["whole streams"],
        ["entries.csv"] = ["table"],
    };

    private readonly EvidenceWorld _world = new();
    private Dictionary<string, byte[]> _files = [];
    private Dictionary<string, byte[]> _others = [];

    public async Task InitializeAsync()
    {
        var (whole, other) = (await _world.LogAsync(4), await _world.LogAsync(300));
        _files = BundleSurgery.Unpack(await _world.WriteAsync(_world.Request(whole) with { Answer = BundleTests.Places(new(other, 2), new(other, 3), new(other, 200)) }));
        _others = BundleSurgery.Unpack(await _world.WriteAsync(_world.Request(await _world.LogAsync(5), whole) with { Question = "{}"u8.ToArray(), Registry = new(8, []) }));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Every_byte_of_every_file_counts()
    {
        var count = 0;
        foreach (var (name, content) in _files)
        {
            foreach (var at in At(content.Length))
            {
                var failing = await FailingAsync(_files.With(name, Flipped(content, at)));
                failing.ShouldContain(name is "manifest.json" or "manifest.jws" ? "manifest" : $"file {name}", $"byte {at} of {name}");
                count++;
            }
        }

        output.WriteLine($"{count} bytes flipped, each named.");
    }

    /// <summary>What nothing but the manifest vouches for is left out: the question, the registry.</summary>
    [Fact]
    public async Task A_signature_of_the_manifest_does_not_make_what_is_changed_true()
    {
        var count = 0;
        foreach (var (name, claims) in Named)
        {
            foreach (var at in At(_files[name].Length).Where(at => name is not "keys.json" || (IsOfLog(at) && !MeansTheSame("keys.json", at))))
            {
                var failing = await FailingAsync(_files.SignedAnew(_world.Signing, name, Flipped(_files[name], at)), name is "keys.json");
                failing.Intersect(claims, StringComparer.Ordinal).ShouldNotBeEmpty($"byte {at} of {name}");
                count++;
            }
        }

        output.WriteLine($"{count} bytes flipped under a manifest that is signed, each named.");
    }

    [Fact]
    public async Task A_line_that_is_missing_doubled_or_out_of_its_place_is_named_signed_or_not()
    {
        var count = 0;
        foreach (var (name, claims) in Named.Where(static one => one.Key.Contains(".jsonl", StringComparison.Ordinal) || one.Key.EndsWith(".csv", StringComparison.Ordinal)))
        {
            var lines = BundleSurgery.Lines(_files[name]);
            for (var i = 0; i < lines.Length; i++)
            {
                List<byte[][]> changes = [[.. lines[..i], .. lines[(i + 1)..]], [.. lines[..i], lines[i], .. lines[i..]]];
                if (i > 0)
                {
                    changes.Add([.. lines[..(i - 1)], lines[i], lines[i - 1], .. lines[(i + 1)..]]);
                }

                foreach (var changed in changes.Select(static change => BundleSurgery.Join(change)))
                {
                    (await FailingAsync(_files.With(name, changed))).ShouldContain($"file {name}");
                    (await FailingAsync(_files.SignedAnew(_world.Signing, name, changed))).Intersect(claims, StringComparer.Ordinal).ShouldNotBeEmpty($"line {i + 1} of {name}");
                    count++;
                }
            }
        }

        output.WriteLine($"{count} changes of lines, each named.");
    }

    [Fact]
    public async Task A_file_of_another_bundle_is_named_and_so_is_one_that_is_missing()
    {
        foreach (var name in BundleFormat.Listed.Where(name => !_files[name].AsSpan().SequenceEqual(_others[name])))
        {
            (await FailingAsync(_files.With(name, _others[name]))).ShouldContain($"file {name}", name);
        }

        foreach (var name in BundleFormat.Listed)
        {
            (await FailingAsync(BundleSurgery.Pack(_files.Where(file => file.Key != name)))).ShouldContain($"file {name}");
        }

        (await FailingAsync(_files.With("manifest.json", _others["manifest.json"]))).ShouldContain("manifest");
        (await FailingAsync(_files.With("manifest.jws", _others["manifest.jws"]))).ShouldContain("manifest");
    }

    [Fact]
    public async Task A_manifest_under_another_type_or_another_key_is_not_signed()
    {
        (await FailingAsync(_files.With("manifest.jws", BundleSurgery.Sign(_world.Signing.Current, "at+jwt", _files["manifest.json"])))).ShouldContain("manifest");
        (await FailingAsync(_files.With("manifest.jws", BundleSurgery.Sign(EvidenceWorld.NewSigning().Current, "gating-manifest+jws", _files["manifest.json"])))).ShouldContain("manifest");
    }

    /// <summary>Streams, entries, proofs and all: a stream that is left out leaves its tags in the log, but the bundle claims nothing of it any more. Whoever reads must look at what is claimed.</summary>
    [Fact]
    public async Task Leaving_a_whole_stream_out_takes_its_claim_away()
    {
        var report = (await _world.VerifyAsync(await _world.WriteAsync(_world.Request()))).ShouldBeOfType<BundleReport.Judged>();
        report.Claims.ShouldNotContain(static claim => claim.Name == "whole streams" || claim.Name == "nothing left out");
        report.Entries.ShouldBe(0);
    }

    private static IEnumerable<int> At(int length) => length <= EveryByte ? Enumerable.Range(0, length) : Enumerable.Range(0, Places).Select(i => (int)((long)i * length / Places)).Append(length - 1);

    /// <summary>One bit, another one for each place.</summary>
    private static byte[] Flipped(byte[] content, int at)
    {
        var flipped = content.ToArray();
        flipped[at] ^= (byte)(1 << (at % 8));
        return flipped;
    }

    private bool IsOfLog(int at) => at >= _files["keys.json"].AsSpan().IndexOf("\"origin\""u8);

    // A digit of an escape in the other case: the key has plus signs, and may have more of them the next time.
    private bool MeansTheSame(string name, int at)
    {
        try
        {
            return JsonNode.DeepEquals(JsonNode.Parse(_files[name]), JsonNode.Parse(Flipped(_files[name], at)));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            return false;
        }
    }

    /// <param name="byBundleKeys">By the keys that the bundle brings.</param>
    private async Task<IReadOnlyList<string>> FailingAsync(byte[] bundle, bool byBundleKeys = false)
    {
        var report = await _world.VerifyAsync(bundle, _world.Trust() with { Tiles = null, Verifiers = byBundleKeys ? [] : _world.Keys.Verifiers });
        var judged = report.ShouldBeOfType<BundleReport.Judged>(report.ToString());
        judged.Verdict.ShouldBe(Verdict.Fails, string.Create(CultureInfo.InvariantCulture, $"{string.Join('\n', judged.Claims)}"));
        return BundleTests.Failing(judged);
    }
}
