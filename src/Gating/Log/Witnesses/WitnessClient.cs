using System.Globalization;
using System.Net;
using System.Text;
using Gating.Log.Merkle;
using Gating.Log.Notes;

namespace Gating.Log.Witnesses;

/// <summary>
/// The <c>add-checkpoint</c> call of C2SP tlog-witness. Believes nothing that does not verify, follows no redirect, and reads at most <see cref="MaxAnswerBytes"/> in at most <see cref="Limit"/>. Safe for concurrent use; a
/// call that is repeated is answered again.
/// </summary>
public sealed class WitnessClient(TimeProvider time) : IDisposable
{
    public const int MaxAnswerBytes = 16 * 1024;

    /// <summary>For one call, connecting included.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = NewClient();

    /// <param name="old">The size that the witness cosigned last, as far as we know; 0 where we do not.</param>
    /// <param name="proof">That the checkpoint continues that size; empty where it is 0 or the checkpoint's own.</param>
    /// <param name="note">The signed checkpoint.</param>
    public async Task<WitnessOutcome> AddCheckpointAsync(Witness witness, long old, IEnumerable<TreeHash> proof, ReadOnlyMemory<byte> note, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{witness.Submissions.AbsoluteUri.TrimEnd('/')}/add-checkpoint") { Content = new ByteArrayContent(BodyOf(old, proof, note)) };
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await ReadAsync(response.Content, either.Token) is { } body
                ? Judge(response, body, witness, old, note)
                : new WitnessOutcome.Silent($"its answer is longer than {MaxAnswerBytes} bytes");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new WitnessOutcome.Silent($"it did not answer within {Limit.TotalSeconds} s");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return new WitnessOutcome.Silent($"it was not reached ({broken.GetType().Name})");
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary><c>old N</c>, a line for each hash in base64, an empty line, the note.</summary>
    internal static byte[] BodyOf(long old, IEnumerable<TreeHash> proof, ReadOnlyMemory<byte> note)
    {
        var head = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"old {old}\n"));
        Span<byte> hash = stackalloc byte[TreeHash.Size];
        foreach (var node in proof)
        {
            node.Write(hash);
            head.Append(Convert.ToBase64String(hash)).Append('\n');
        }

        return [.. Encoding.ASCII.GetBytes(head.Append('\n').ToString()), .. note.Span];
    }

    private static WitnessOutcome Judge(HttpResponseMessage response, byte[] body, Witness witness, long old, ReadOnlyMemory<byte> note) => response.StatusCode switch
    {
        HttpStatusCode.OK => CosignatureIn(body, witness, note) is { } signature
            ? new WitnessOutcome.Cosigned(signature)
            : new WitnessOutcome.Silent("no cosignature in its answer verifies"),
        HttpStatusCode.Conflict when SizeIn(body) is { } size && size != old => new WitnessOutcome.Elsewhere(size),
        HttpStatusCode.Conflict => new WitnessOutcome.Contradicts("it has another checkpoint of this size"),
        HttpStatusCode.UnprocessableEntity => new WitnessOutcome.Contradicts($"the proof does not verify with the checkpoint of {old} leaves that it has"),
        _ => new WitnessOutcome.Silent($"it answered {(int)response.StatusCode}"),
    };

    /// <summary>The witness's own line among those that it answered; lines of keys that we do not know are passed over, one that is false spoils all.</summary>
    private static NoteSignature? CosignatureIn(byte[] lines, Witness witness, ReadOnlyMemory<byte> note)
    {
        if (SignedNote.Parse(note) is not { } known || SignedNote.Of(known.Text, lines) is not { } cosigned || SignedNote.Open(cosigned, [witness.Key]) is not NoteOutcome.Opened)
        {
            return null;
        }

        return SignedNote.Parse(cosigned)!.Signatures.First(witness.Key.IsOf);
    }

    private static long? SizeIn(byte[] body) => body is [.. var digits, (byte)'\n'] && DecimalText.TryRead(Encoding.Latin1.GetString(digits), out var size) ? size : null;

    private static async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[MaxAnswerBytes + 1];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return read > MaxAnswerBytes ? null : buffer[..read];
    }

    private static HttpClient NewClient()
    {
#pragma warning disable CA2000 // The client disposes its handler.
        var handler = new SocketsHttpHandler
#pragma warning restore CA2000
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
        };
        return new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
