using System.Text;
using Gating.Messages;
using Shouldly;
using Xunit;

namespace Gating.Tests.Messages;

/// <summary>What is written is read back, what CloudEvents 1.0 allows is read, and everything else is refused with the place and without a word of the event.</summary>
public sealed class CloudEventTests
{
    private const string Least = """{"specversion":"1.0","id":"1","source":"studio","type":"gating.output.uploaded","data":{}}""";

    [Fact]
    public void What_is_written_is_read_back()
    {
        var written = new CloudEvent("e-1", "studio", "gating.output.uploaded", "g/outputs/1", new(2026, 11, 27, 12, 0, 0, 5, TimeSpan.Zero), """{"upload":"\u00e9"}"""u8.ToArray());
        var bytes = written.ToBytes();
        Encoding.UTF8.GetString(bytes).ShouldBe(
            """{"specversion":"1.0","id":"e-1","source":"studio","type":"gating.output.uploaded","subject":"g/outputs/1","time":"2026-11-27T12:00:00.005Z","datacontenttype":"application/json","data":{"upload":"\u00e9"}}""");
        var read = CloudEvent.Parse(bytes, out var problem).ShouldNotBeNull(problem);
        (read with { Data = default }).ShouldBe(written with { Data = default });
        read.Data.ToArray().ShouldBe(written.Data.ToArray());
    }

    [Theory]
    [InlineData(Least)]
    [InlineData("""{"data":{"a":[1]},"type":"t","source":"https://x/y?z","id":" ","specversion":"1.0","datacontenttype":"application/json","dataschema":"s"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data":{},"traceparent":"00-1-2-01","sampled":true,"sequence":3}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data":{},"time":"2026-11-27T12:00:00Z"}""")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data":{},"time":"2026-11-27T12:00:00.1234567+08:00"}""")]
    public void What_the_specification_allows_is_read(string json) => CloudEvent.Parse(Encoding.UTF8.GetBytes(json), out var problem).ShouldNotBeNull(problem);

    [Theory]
    [InlineData("", "JSON object")]
    [InlineData("[]", "JSON object")]
    [InlineData("""{"specversion":"1.0","id":"1","id":"2","source":"s","type":"t","data":{}}""", "JSON object")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data":{}} x""", "JSON object")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"\ud800","type":"t","data":{}}""", "JSON object")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"a":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}}""", "JSON object")]
    [InlineData("""{"id":"1","source":"s","type":"t","data":{}}""", "specversion")]
    [InlineData("""{"specversion":"0.3","id":"1","source":"s","type":"t","data":{}}""", "specversion")]
    [InlineData("""{"specversion":1.0,"id":"1","source":"s","type":"t","data":{}}""", "specversion")]
    [InlineData("""{"specversion":"1.0","source":"s","type":"t","data":{}}""", "id")]
    [InlineData("""{"specversion":"1.0","id":7,"source":"s","type":"t","data":{}}""", "id")]
    [InlineData("""{"specversion":"1.0","id":"","source":"s","type":"t","data":{}}""", "id")]
    [InlineData("""{"specversion":"1.0","id":"1\n","source":"s","type":"t","data":{}}""", "id")]
    [InlineData("""{"specversion":"1.0","id":"1","source":null,"type":"t","data":{}}""", "source")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","data":{}}""", "type")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","subject":null,"data":{}}""", "subject")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","time":"yesterday","data":{}}""", "time")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","time":"2026-11-27T12:00:00","data":{}}""", "time")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","time":"2026-11-27","data":{}}""", "time")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","time":1,"data":{}}""", "time")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","datacontenttype":"text/xml","data":{}}""", "datacontenttype")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t"}""", "data")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data":"e30="}""", "data")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"e30="}""", "data")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data":{},"data_base64":"e30="}""", "name")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data":{},"Trace":"x"}""", "name")]
    [InlineData("""{"specversion":"1.0","id":"1","source":"s","type":"t","data":{},"trace":{}}""", "value")]
    public void Anything_else_is_refused_with_its_place(string json, string place)
    {
        CloudEvent.Parse(Encoding.UTF8.GetBytes(json), out var problem).ShouldBeNull();
        problem.ShouldContain(place);
    }

    [Fact]
    public void What_is_too_large_or_too_much_is_not_read()
    {
        CloudEvent.Parse(Encoding.UTF8.GetBytes(Least.Replace("{}", $$"""{"a":"{{new string('x', CloudEvent.MaxSize - Least.Length - 6)}}"}""", StringComparison.Ordinal)), out _).ShouldNotBeNull();
        CloudEvent.Parse(Encoding.UTF8.GetBytes(Least.Replace("{}", $$"""{"a":"{{new string('x', CloudEvent.MaxSize - Least.Length - 5)}}"}""", StringComparison.Ordinal)), out _).ShouldBeNull();
        CloudEvent.Parse(Encoding.UTF8.GetBytes(Least.Replace("\"1\"", $"\"{new string('x', CloudEvent.MaxText + 1)}\"", StringComparison.Ordinal)), out _).ShouldBeNull();
        var many = string.Concat(Enumerable.Range(0, 40).Select(static i => $"\"x{i}\":1,"));
        CloudEvent.Parse(Encoding.UTF8.GetBytes("{" + many + Least[1..]), out _).ShouldBeNull();
        CloudEvent.Parse(new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' }, out _).ShouldBeNull();
    }

    [Fact]
    public void What_would_not_be_read_is_not_written()
    {
        Should.Throw<InvalidOperationException>(() => new CloudEvent("1", "", "t", null, null, "{}"u8.ToArray()).ToBytes());
        Should.Throw<InvalidOperationException>(() => new CloudEvent("1", "s", "t", null, null, "1}"u8.ToArray()).ToBytes());
        Should.Throw<InvalidOperationException>(() => new CloudEvent("1", "s", "t", null, null, new byte[CloudEvent.MaxSize]).ToBytes());
    }
}
