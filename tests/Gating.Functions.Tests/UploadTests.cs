using System.Globalization;
using System.Security.Cryptography;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Testing;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>Uploads that are cut, that lie about their length, that are too large, or very large, against a gate in a process of its own: clear answers, and nothing half-done anywhere.</summary>
public sealed class UploadTests : IAsyncLifetime
{
    private const int MaxBytes = 1_000_000;

    private GateWorld _world = null!;
    private GateProcess _gate = null!;
    private StudioCall _studio = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(registry: static registry =>
        {
            registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling("apps_own", "image/png", "image/jpeg");
            registry["tools"]![0]!["labelling"]!["maxBytes"] = MaxBytes;
        });
        _gate = await GateProcess.StartAsync(_world);
        _studio = new(_world.Http, _gate.Address);
    }

    public async Task DisposeAsync()
    {
        await _gate.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task An_upload_that_is_cut_at_half_leaves_nothing_and_can_be_made_again()
    {
        var address = await BeginAsync("cut");
        var file = Large(400_000);
        for (var i = 0; i < 4; i++)
        {
            await RawUpload.CutAsync(_gate.Address, address, file.Length, file[..(file.Length / 2)]);
        }

        await ShouldHaveLeftNothingAsync("cut");
        (await _studio.PutAsync(address, file)).Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_gate_that_is_killed_in_the_middle_of_an_upload_leaves_no_file_behind()
    {
        var address = await BeginAsync("killed");
        var cut = RawUpload.SendAsync(_gate.Address, address, "400000", Large(400_000)[..200_000]);

        // Between the two calls that open a file and take its name away a kill leaves it: it is waited for that both were made.
        await Eventually.TrueAsync(() => _gate.WorkingFiles.Count == 1 && (OperatingSystem.IsWindows() || _gate.NamedFiles.Count == 0));
        await _gate.KillAsync();
        await cut.ContinueWith(static _ => { }, TaskScheduler.Default);
        _gate.NamedFiles.ShouldBeEmpty();
        (await _world.ArchivedNamesAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(+1, " 408 ")]
    [InlineData(-1, " 422 ")]
    [InlineData(-40, " 422 ")]
    public Task A_length_that_is_not_the_files_is_refused_and_leaves_nothing(int more, string status) =>
        ShouldBeRefusedAsync((TinyPng.Of(1).Length + more).ToString(CultureInfo.InvariantCulture), status);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("60, 60")]
    [InlineData("99999999999999999999")]
    public Task A_length_that_is_none_is_refused_and_leaves_nothing(string length) => ShouldBeRefusedAsync(length, " 400 ");

    [Fact]
    public async Task The_cap_is_taken_and_one_byte_more_is_not()
    {
        var address = await BeginAsync("cap");
        var declared = await _studio.PutAsync(address, Large(MaxBytes + 1));
        (declared.Status, declared.Text("reason")).ShouldBe((413, "output_too_large"));
        using var undeclared = new StreamContent(new Unknown(Large(MaxBytes + 1)));
        var streamed = await _studio.PutAsync(address, undeclared);
        (streamed.Status, streamed.Text("reason")).ShouldBe((413, "output_too_large"));
        await ShouldHaveLeftNothingAsync("cap");
        (await _studio.PutAsync(address, Large(MaxBytes))).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Sixty_four_uploads_at_once_are_sixty_four_files()
    {
        var addresses = new List<string>();
        foreach (var person in (string[])["many-1", "many-2"])
        {
            var begun = await _studio.BeginAsync(await GrantAsync(person), """{"model":"m","model_version":"1","category":"face","outputs":32}""");
            addresses.AddRange(begun.Json.GetProperty("outputs").EnumerateArray().Select(static output => output.GetProperty("upload").GetString()!));
        }

        var answers = await Task.WhenAll(addresses.Select((address, i) => _studio.PutAsync(address, TinyPng.Of((byte)i))));
        answers.ShouldAllBe(answer => answer.Status == 201);
        (await _world.ArchivedNamesAsync()).ShouldBe(answers.Select(answer => answer.Text("content_id")), ignoreOrder: true);
        await Eventually.TrueAsync(() => _gate.WorkingFiles.Count == 0);
        for (var i = 0; i < answers.Length; i += 9)
        {
            answers[i].Text("source_sha256").ShouldBe(Convert.ToHexStringLower(SHA256.HashData(TinyPng.Of((byte)i))));
            Convert.ToHexStringLower(SHA256.HashData((await _studio.GetAsync(answers[i].Text("file"))).Bytes)).ShouldBe(answers[i].Text("sha256"));
        }

        foreach (var person in (string[])["many-1", "many-2"])
        {
            var stream = await _world.StreamOfAsync(person);
            (await _world.EntriesAsync(stream)).Count(static entry => entry.Kind is EntryKind.Archived).ShouldBe(32);
            await _world.ShouldBeSoundAsync(stream);
        }
    }

    [Fact]
    public async Task Three_hundred_megabytes_go_through_without_being_held_in_memory()
    {
        const long Length = 300_000_000;
        await _world.ChangeRegistryAsync(static registry => registry["tools"]![0]!["labelling"]!["maxBytes"] = Length);
        (await _studio.PutAsync(await BeginAsync("small"), TinyPng.Of(1))).Status.ShouldBe(201);
        await Task.Delay(TimeSpan.FromSeconds(2.1));
        var address = await BeginAsync("large");
        var idle = _gate.ResidentBytes;
        using var file = new LongJpeg(Length);
        var put = await _studio.PutAsync(address, file);
        put.Status.ShouldBe(201, put.ToString());
        (_gate.PeakResidentBytes - idle).ShouldBeLessThan(200_000_000);
        put.Text("source_sha256").ShouldBe(await new LongJpeg(Length).DigestAsync());
        await Eventually.TrueAsync(() => _gate.WorkingFiles.Count == 0);

        // It is served in parts as well, its label in front.
        var start = await _studio.GetAsync(put.Text("file"), change: static request => request.Headers.Range = new(0, 9_999));
        System.Text.Encoding.Latin1.GetString(start.Bytes).ShouldContain(put.Text("content_id"));
        start.Headers["Content-Range"].ShouldEndWith($"/{put.Json.GetProperty("bytes").GetInt64()}");
    }

    /// <summary>A whole picture of exactly that many bytes: a JPEG with a long scan.</summary>
    private static byte[] Large(int length)
    {
        using var file = new LongJpeg(length);
        return file.ReadAsByteArrayAsync().Result;
    }

    private async Task ShouldBeRefusedAsync(string length, string status)
    {
        var address = await BeginAsync("length");
        (await RawUpload.SendAsync(_gate.Address, address, length, TinyPng.Of(1))).Split("\r\n")[0].ShouldContain(status);
        await ShouldHaveLeftNothingAsync("length");
        (await _studio.PutAsync(address, TinyPng.Of(1))).Status.ShouldBe(201);
    }

    private async Task ShouldHaveLeftNothingAsync(string person)
    {
        await Eventually.TrueAsync(() => _gate.WorkingFiles.Count == 0);
        (await _world.ArchivedNamesAsync()).ShouldBeEmpty();
        (await _world.EntriesAsync(await _world.StreamOfAsync(person))).ShouldNotContain(static entry => entry.Kind == EntryKind.Archived);
    }

    private async Task<string> GrantAsync(string person) => (await new TokenCall(_world.Http, _gate.Address, _world.IdToken(person)).GrantAsync());

    private async Task<string> BeginAsync(string person) => await _studio.BeginOneAsync(await GrantAsync(person));

    /// <summary>A body whose length nobody knows before its end.</summary>
    private sealed class Unknown(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
