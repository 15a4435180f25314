using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Gating.Azure.Http;

/// <summary>Sets <c>x-ms-date</c> on each try; the text of a second is made once.</summary>
internal sealed class DatePolicy(TimeProvider time) : HttpPipelineSynchronousPolicy
{
    public const string Header = "x-ms-date";

    private Second _second = new(0, string.Empty);

    public override void OnSendingRequest(HttpMessage message)
    {
        var now = time.GetUtcNow();
        var second = now.ToUnixTimeSeconds();
        var current = Volatile.Read(ref _second);
        if (current.Unix != second)
        {
            current = new(second, now.ToString("r", CultureInfo.InvariantCulture));
            Volatile.Write(ref _second, current);
        }

        message.Request.Headers.SetValue(Header, current.Text);
    }

    private sealed record Second(long Unix, string Text);
}
