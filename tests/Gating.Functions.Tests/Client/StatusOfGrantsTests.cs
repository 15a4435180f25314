using System.Globalization;
using Gating.Client.Tools;
using Gating.Testing;
using Gating.Testing.Jose;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Client;

/// <summary>Status lists as a tool reads them: which places are good, which lists are believed, and for how long.</summary>
public sealed class StatusOfGrantsTests : IAsyncLifetime
{
    private ForgedGate _gate = null!;

    public async Task InitializeAsync() => _gate = await ForgedGate.StartAsync();

    public Task DisposeAsync() => _gate.DisposeAsync().AsTask();

    [Theory]
    [InlineData("0", null)]
    [InlineData("8", null)]
    [InlineData("9", GrantFault.Revoked)]
    [InlineData("10", null)]
    [InlineData("31", null)]
    [InlineData("32", GrantFault.StatusBeyondList)]
    [InlineData("9223372036854775807", GrantFault.StatusBeyondList)]
    [InlineData("-1", GrantFault.StatusBeyondList)]
    [InlineData("1.5", GrantFault.StatusListForeign)]
    [InlineData("\"8\"", GrantFault.StatusListForeign)]
    public async Task A_place_is_read_from_the_lowest_bit_on(string index, GrantFault? fault) =>
        (await VerifyAsync(At(_gate.ListUri, index))).ShouldSatisfy(fault);

    [Theory]
    [InlineData(2, 9, true)]
    [InlineData(2, 4, false)]
    [InlineData(4, 2, false)]
    [InlineData(4, 3, true)]
    [InlineData(8, 1, false)]
    [InlineData(8, 3, true)]
    public async Task Statuses_of_several_bits_are_good_where_all_are_nought(int bits, int index, bool isGood)
    {
        _gate.PublishList(claims: claims => claims.Set("status_list", $$"""{"bits":{{bits.ToString(CultureInfo.InvariantCulture)}},"lst":"{{TestKey.Encode(ForgedGate.Pack(ForgedGate.Bits))}}"}"""));

        (await VerifyAsync(At(_gate.ListUri, index.ToString(CultureInfo.InvariantCulture)))).ShouldSatisfy(isGood ? null : GrantFault.Revoked);
    }

    [Theory]
    [InlineData("https://other.example/statuslists/l1")]
    [InlineData("{issuer}.other.example/statuslists/l1")]
    [InlineData("{issuer}/statuslists/")]
    [InlineData("{issuer}/statuslists/../jwks")]
    [InlineData("{issuer}/statuslists/l1?x=1")]
    [InlineData("{issuer}/other/l1")]
    public async Task A_list_of_somebody_else_is_not_even_asked_for(string uri)
    {
        (await VerifyAsync(At(uri.Replace("{issuer}", _gate.Issuer, StringComparison.Ordinal), "8"))).ShouldSatisfy(GrantFault.StatusListForeign);

        _gate.Server.RequestsTo("/statuslists/l1").ShouldBe(0);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task A_list_that_is_not_there_is_no_good_grants(int status)
    {
        _gate.Server.Answer("/statuslists/l1", LoopbackProvider.Status(status));

        (await VerifyAsync(_gate.Grant())).ShouldSatisfy(GrantFault.StatusListMissing);
    }

    [Fact]
    public async Task A_list_that_cannot_be_had_or_does_not_hold_says_nothing()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        foreach (var (what, publish, doubt) in new (string, Action, GrantDoubt)[]
        {
            ("down", () => _gate.Server.Answer("/statuslists/l1", LoopbackProvider.Status(503)), GrantDoubt.StatusListUnreachable),
            ("not OK", () => _gate.Server.Answer("/statuslists/l1", LoopbackProvider.Status(206)), GrantDoubt.StatusListUnreachable),
            ("other type", () => _gate.PublishList(header: static head => head.Text("typ", "JWT")), GrantDoubt.StatusListUnreadable),
            ("no type", () => _gate.PublishList(header: static head => head.Drop("typ")), GrantDoubt.StatusListUnreadable),
            ("other signer", () => _gate.PublishList(key: TestKey.Ec("g1")), GrantDoubt.StatusListUnreadable),
            ("alg none", () => _gate.PublishList(header: static head => head.Text("alg", "none")), GrantDoubt.StatusListUnreadable),
            ("unknown key", () => _gate.PublishList(header: static head => head.Text("kid", "g9")), GrantDoubt.StatusListUnreadable),
            ("other list", () => _gate.PublishList(claims: claims => claims.Text("sub", _gate.Issuer + "/statuslists/l2")), GrantDoubt.StatusListUnreadable),
            ("expired", () => _gate.PublishList(claims: claims => claims.Number("exp", now - 10)), GrantDoubt.StatusListUnreadable),
            ("no exp", () => _gate.PublishList(claims: static claims => claims.Drop("exp")), GrantDoubt.StatusListUnreadable),
            ("from the future", () => _gate.PublishList(claims: claims => claims.Number("iat", now + 60)), GrantDoubt.StatusListUnreadable),
            ("ttl of nought", () => _gate.PublishList(claims: static claims => claims.Number("ttl", 0)), GrantDoubt.StatusListUnreadable),
            ("three bits", () => _gate.PublishList(claims: static claims => claims.Set("status_list", """{"bits":3,"lst":"eJxjAAAAAQAB"}""")), GrantDoubt.StatusListUnreadable),
            ("not packed", () => _gate.PublishList(packed: "AAAA"), GrantDoubt.StatusListUnreadable),
            ("not base64url", () => _gate.PublishList(packed: "e+/="), GrantDoubt.StatusListUnreadable),
            ("a grant", () => _gate.Server.Answer("/statuslists/l1", LoopbackProvider.Json(_gate.Grant())), GrantDoubt.StatusListUnreadable),
            ("unpacks to a gigabyte", () => _gate.PublishList(packed: TestKey.Encode(Bomb(1024))), GrantDoubt.StatusListUnreadable),
            ("unpacks to a byte too many", () => _gate.PublishList(bits: new byte[(1024 * 1024) + 1]), GrantDoubt.StatusListUnreadable),
        })
        {
            publish();
            (await VerifyAsync(_gate.Grant())).ShouldBe(new GrantOutcome.Unavailable(doubt), what);
        }

        _gate.PublishList(bits: new byte[1024 * 1024]);
        (await VerifyAsync(_gate.Grant())).ShouldSatisfy(null);
    }

    [Fact]
    public void A_bomb_is_left_before_it_goes_off()
    {
        using var list = System.Text.Json.JsonDocument.Parse($$"""{"bits":1,"lst":"{{TestKey.Encode(Bomb(1024))}}"}""");
        var before = GC.GetAllocatedBytesForCurrentThread();

        StatusBits.Read(list.RootElement).ShouldBeNull();

        // The text is 1.4 MB and is decoded; of the gigabyte a megabyte is unpacked, into a buffer that doubles.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(16 * 1024 * 1024);
    }

    [Fact]
    public async Task A_list_is_kept_for_its_ttl_and_no_longer()
    {
        var time = ManualTime.Running();
        var verifier = _gate.Verifier(time, listMaxAge: TimeSpan.FromHours(1));
        (await verifier.VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldSatisfy(null);
        _gate.PublishList(bits: [0xff, 0xff], claims: static claims => claims.Number("exp", DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 200));
        time.Pass(TimeSpan.FromSeconds(10));
        (await verifier.VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldSatisfy(null);
        _gate.Server.RequestsTo("/statuslists/l1").ShouldBe(1);
        time.Pass(TimeSpan.FromSeconds(5));
        (await verifier.VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldSatisfy(GrantFault.Revoked);
    }

    [Fact]
    public async Task What_expires_sooner_than_its_ttl_is_kept_until_then()
    {
        var time = ManualTime.Running();
        var verifier = _gate.Verifier(time, listMaxAge: TimeSpan.FromHours(1));
        _gate.PublishList(claims: static claims => claims.Number("ttl", 3600));
        (await verifier.VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldSatisfy(null);
        time.Pass(TimeSpan.FromSeconds(66));

        (await verifier.VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldBe(new GrantOutcome.Unavailable(GrantDoubt.StatusListUnreadable));
        _gate.Server.RequestsTo("/statuslists/l1").ShouldBe(2);
    }

    [Fact]
    public async Task A_list_that_was_not_to_be_had_is_asked_for_once_a_second()
    {
        var time = ManualTime.Running();
        var verifier = _gate.Verifier(time);
        _gate.Server.Answer("/statuslists/l1", LoopbackProvider.Status(503));
        for (var i = 0; i < 5; i++)
        {
            (await verifier.VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldBeOfType<GrantOutcome.Unavailable>();
        }

        _gate.Server.RequestsTo("/statuslists/l1").ShouldBe(1);
        _gate.PublishList();
        time.Pass(TimeSpan.FromSeconds(1));
        (await verifier.VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldSatisfy(null);
    }

    private ValueTask<GrantOutcome> VerifyAsync(string grant) => _gate.Verifier().VerifyAsync(PresentedGrant.Bearer(grant), default);

    private string At(string uri, string index) => _gate.Grant(claims => claims.Set("status", $$$"""{"status_list":{"idx":{{{index}}},"uri":"{{{uri}}}"}}"""));

    private static byte[] Bomb(int megabytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < megabytes; i++)
            {
                zlib.Write(zeros);
            }
        }

        return packed.ToArray();
    }
}

internal static class GrantOutcomeAssertions
{
    /// <summary>Valid where no fault is given.</summary>
    public static void ShouldSatisfy(this GrantOutcome outcome, GrantFault? fault)
    {
        if (fault is { } reason)
        {
            outcome.ShouldBe(new GrantOutcome.Invalid(reason));
        }
        else
        {
            outcome.ShouldBeOfType<GrantOutcome.Valid>();
        }
    }
}
