using System.Text;
using BenchmarkDotNet.Attributes;
using Gating.Admission;
using Gating.Functions.Http;

namespace Gating.Benchmarks.Pieces;

/// <summary>Reading a request: the form, and what it asks for.</summary>
[Config(typeof(PieceConfig))]
public class RequestPieces
{
    private const string Details = """[{"type":"synthetic_media","operation":"face_swap","units":1}]""";

    private readonly byte[] _details = Encoding.UTF8.GetBytes(Details);
    private readonly byte[] _form = Encoding.ASCII.GetBytes(
        $"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token={new string('t', 500)}&resource=https%3A%2F%2Ftools.example%2Fface-swap&authorization_details={Uri.EscapeDataString(Details)}");

    [Benchmark]
    public MediaDetail? DetailsParsed() => MediaDetail.Parse(_details, out _);

    [Benchmark]
    public async Task<bool> FormParsed()
    {
        var context = new DefaultHttpContext();
        context.Request.ContentType = "application/x-www-form-urlencoded";
        context.Request.ContentLength = _form.Length;
        context.Request.Body = new MemoryStream(_form);
        var (form, _) = await FormFields.ReadAsync(context.Request, CancellationToken.None);
        return form?["resource"] is not null;
    }
}
