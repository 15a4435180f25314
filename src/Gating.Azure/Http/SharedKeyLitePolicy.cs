using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Gating.Azure.Http;

/// <summary>Signs Table requests with the account key ("Shared Key Lite and Table service authorization": date and resource). For the emulator and for development.</summary>
internal sealed class SharedKeyLitePolicy(string account, byte[] key) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        // The date header is set by DatePolicy, which stands before this one and runs for each try.
        message.Request.Headers.TryGetValue(DatePolicy.Header, out var date);
        var resource = message.Request.Uri.ToUri().AbsolutePath;
        var text = $"{date}\n/{account}{resource}";
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text), digest);
        message.Request.Headers.SetValue("Authorization", $"SharedKeyLite {account}:{Convert.ToBase64String(digest)}");
    }
}
