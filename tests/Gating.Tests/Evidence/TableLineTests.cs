using System.Text;
using Gating.Evidence;
using Gating.Testing.Evidence;
using Shouldly;
using Xunit;

namespace Gating.Tests.Evidence;

/// <summary>The table for people: RFC 4180, and nothing in it that a spreadsheet would run.</summary>
public sealed class TableLineTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("plain", "\"plain\"")]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("\n=1", "\"'\n=1\"")]
    [InlineData("＝1", "\"'＝1\"")]
    [InlineData("＋1", "\"'＋1\"")]
    [InlineData("－1", "\"'－1\"")]
    [InlineData("＠x", "\"'＠x\"")]
    [InlineData("a\"b,c", "\"a\"\"b,c\"")]
    [InlineData("a=b", "\"a=b\"")]
    public void A_cell_is_quoted_and_never_a_formula(string text, string cell) => TableLine.Cell(text).ShouldBe(cell);

    [Fact]
    public async Task The_table_begins_with_a_byte_order_mark_and_every_row_ends_in_CRLF()
    {
        var world = new EvidenceWorld();
        var stream = await world.LogAsync(2);
        await world.AppendAsync(1, stream);
        var table = BundleSurgery.Unpack(await world.WriteAsync(world.Request(stream)))["entries.csv"];
        table.AsSpan().StartsWith(Encoding.UTF8.Preamble).ShouldBeTrue();
        var rows = Encoding.UTF8.GetString(table.AsSpan(3)).Split("\r\n");
        rows.Length.ShouldBe(5);
        rows[0].ShouldStartWith("\"stream\",\"seq\",\"kind\"");
        rows[1].ShouldStartWith($"\"{stream}\",\"1\",\"granted\",\"2026-05-04 12:30:00.123\",\"stream\",\"studio\",\"https://tools.example/face-swap\",\"\",\"");
        rows[2].ShouldContain("\"archived\"");
        rows[3].ShouldContain("\"not yet\"");
        rows[4].ShouldBeEmpty();
    }
}
