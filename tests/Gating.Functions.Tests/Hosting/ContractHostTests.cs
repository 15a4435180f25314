using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Hosting;

/// <summary>How the contract test host reads answers, as the real one was seen to: what else is tested here rests on it.</summary>
public sealed class ContractHostTests
{
    [Theory]
    [InlineData(200, "application/json", "{}", "Success")]
    [InlineData(200, "application/json; charset=utf-8", """{"Outputs":{},"Logs":[]}""", "Success")]
    [InlineData(200, "application/json", "", "Hang")]
    [InlineData(204, null, "", "Hang")]
    [InlineData(200, "text/plain", "ok", "Failure")]
    [InlineData(200, null, "ok", "Failure")]
    [InlineData(200, "application/json", "[]", "Failure")]
    [InlineData(200, "application/json", "{", "Failure")]
    [InlineData(302, null, "", "Failure")]
    [InlineData(404, "application/json", "{}", "Failure")]
    [InlineData(503, "application/json", "{}", "Failure")]
    public async Task An_answer_is_read_as_the_host_reads_it(int status, string? type, string body, string result)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        using var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = content };
        (await Invocation.ResultAsync(answer)).ToString().ShouldBe(result);
    }

    [Fact]
    public void A_message_is_posted_as_it_was_captured()
    {
        using var trigger = System.Text.Json.JsonDocument.Parse("""{"type":"queueTrigger","name":"item"}""");
        var body = Invocation.OfMessage(new("work", trigger.RootElement, default), Encoding.UTF8.GetBytes("""{"a":1,"s":"é"}"""), "277070df", 1);
        body.ShouldStartWith("""{"Data":{"item":"\"{\\\"a\\\":1,\\\"s\\\":\\\"é\\\"}\""},"Metadata":{"DequeueCount":"1","ExpirationTime":""");
        body.ShouldContain("""
            "Id":"\"277070df\"",
            """.Trim());
        body.ShouldEndWith("""
            ,"a":"\"1\"","s":"\"é\""}}
            """.Trim());
    }
}
