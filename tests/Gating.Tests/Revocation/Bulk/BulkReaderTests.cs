using System.Globalization;
using System.Text;
using System.Text.Json;
using Gating.Revocation;
using Gating.Revocation.Bulk;
using Shouldly;
using Xunit;

namespace Gating.Tests.Revocation.Bulk;

/// <summary>What an order for many people may look like.</summary>
public sealed class BulkReaderTests
{
    private const string Rest = "\"reason\":\"bulk_account\",\"text\":\"t\"";

    [Fact]
    public void A_list_is_read_line_by_line_as_RFC_4180_writes_it()
    {
        var (request, errors) = Of("issuer,subject\r\nhttps://id.example,mei\r\nhttps://id.example,\"a,b\"\r\n\r\nhttps://id.example,\"say \"\"x\"\"\"\n");
        errors.ShouldBeEmpty();
        var lines = request!.Subjects.ShouldBeOfType<BulkSubjects.OfList>().Lines;
        lines.Select(static line => line.Subject).ShouldBe(
        [
            new RevocationSubject.OfAccount("https://id.example", "mei"), new RevocationSubject.OfAccount("https://id.example", "a,b"), new RevocationSubject.OfAccount("https://id.example", "say \"x\""),
        ]);
        lines[0].Line.ShouldBe(2);
        lines[2].Line.ShouldBe(4);
        (request.Reason, request.Text, request.SuspendUntil).ShouldBe((RevocationReason.BulkAccount, "t", null));
    }

    [Theory]
    [InlineData("person\nAAAA")]
    [InlineData("holder_of\nAAAA")]
    [InlineData("content_id\n01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    public void One_column_is_enough_where_it_names_a_person(string csv) => Of(csv).Errors.ShouldBeEmpty();

    [Theory]
    [InlineData("", "lines of CSV")]
    [InlineData("issuer\nx", "issuer,subject; person; holder_of; content_id")]
    [InlineData("subject,issuer\nx,y", "issuer,subject; person; holder_of; content_id")]
    [InlineData("Person\nx", "issuer,subject; person; holder_of; content_id")]
    [InlineData("person", "one line for each person")]
    [InlineData("person\na b", "line 2")]
    [InlineData("person\nx\ny,z", "line 3")]
    [InlineData("issuer,subject\nhttps://id.example", "line 2")]
    [InlineData("issuer,subject\nhttps://id.example,", "line 2")]
    [InlineData("content_id\nx", "line 2")]
    [InlineData("person\n\"x", "line 2")]
    [InlineData("person\n\"x\"y", "line 2")]
    public void What_is_wrong_is_told_with_its_line(string csv, string words)
    {
        var (request, errors) = Of(csv);
        request.ShouldBeNull();
        errors.ShouldAllBe(static error => error.At == "/csv");
        errors.ShouldContain(error => error.Seen.Contains(words, StringComparison.Ordinal) || error.Allowed.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void A_list_that_is_another_list_is_not_told_line_by_line()
    {
        Of("person\n" + string.Concat(Enumerable.Repeat("a b\n", 5000))).Errors.Length.ShouldBeLessThan(25);
        Of("person\n" + string.Join('\n', Enumerable.Range(0, BulkOrder.MostPeople).Select(static i => i.ToString(CultureInfo.InvariantCulture)))).Errors.ShouldBeEmpty();
        Of("person\n" + string.Join('\n', Enumerable.Range(0, BulkOrder.MostPeople + 1).Select(static i => i.ToString(CultureInfo.InvariantCulture)))).Errors.ShouldHaveSingleItem().Seen.ShouldBe("more lines");
    }

    [Theory]
    [InlineData($$"""{{{Rest}}}""", "")]
    [InlineData($$"""{"csv":"person\nx","granted":{"app":"a","from":"2026-11-01T00:00:00Z","to":"2026-11-02T00:00:00Z"},{{Rest}}}""", "")]
    [InlineData($$"""{"granted":{"from":"2026-11-01T00:00:00Z","to":"2026-11-02T00:00:00Z"},{{Rest}}}""", "/granted")]
    [InlineData($$"""{"granted":{"app":"a","tool":"b","from":"2026-11-01T00:00:00Z","to":"2026-11-02T00:00:00Z"},{{Rest}}}""", "/granted")]
    [InlineData($$"""{"granted":{"app":"a","from":"2026-11-02T00:00:00Z","to":"2026-11-02T00:00:00Z"},{{Rest}}}""", "/granted")]
    [InlineData($$"""{"granted":{"app":"a","from":"1999-11-02T00:00:00Z","to":"2026-11-02T00:00:00Z"},{{Rest}}}""", "/granted")]
    [InlineData($$"""{"granted":{"app":"a","to":"2026-11-02T00:00:00Z"},{{Rest}}}""", "/granted/from")]
    [InlineData($$"""{"granted":{"app":"a","person":"x","from":"2026-11-01T00:00:00Z","to":"2026-11-02T00:00:00Z"},{{Rest}}}""", "/granted/person")]
    [InlineData("""{"csv":"person\nx","reason":"whim","text":"t"}""", "/reason")]
    [InlineData("""{"csv":"person\nx","reason":"abuse","text":""}""", "/text")]
    [InlineData("""{"csv":["x"],"reason":"abuse","text":"t"}""", "/csv")]
    [InlineData("""{"csv":"person\nx","reason":"abuse","text":"t","suspend_until":"soon"}""", "/suspend_until")]
    public void What_is_no_order_is_told_with_its_place(string json, string place)
    {
        var (request, errors) = BulkReader.Read(Encoding.UTF8.GetBytes(json));
        request.ShouldBeNull();
        errors.Select(static error => error.At).ShouldContain(place);
    }

    private static (BulkRequest? Request, System.Collections.Immutable.ImmutableArray<Gating.Registry.RegistryError> Errors) Of(string csv) =>
        BulkReader.Read(Encoding.UTF8.GetBytes($$"""{"csv":{{JsonSerializer.Serialize(csv)}},{{Rest}}}"""));
}
