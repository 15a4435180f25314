using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gating.Log.Notes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gating.Testing.Log;

/// <summary>
/// A witness of one log, on a real loopback socket, by the text of C2SP tlog-witness and tlog-cosignature: of ours it has only the signatures. The consistency proof is checked by the algorithm of RFC 9162, 2.1.4.2, and what
/// it cosigned last is kept until it is told something else.
/// </summary>
public sealed class PlainWitness : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _origin;
    private readonly NoteKey _log;
    private readonly Ed25519NoteSigner _signer;
    private readonly byte[] _publicKey;
    private readonly ConcurrentQueue<int> _answers = new();
    private readonly SemaphoreSlim _one = new(1);

    private PlainWitness(WebApplication app, string name, string origin, NoteKey log)
    {
        (_app, Name, _origin, _log, _signer) = (app, name, origin, log, Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate(name))!);
        _publicKey = Convert.FromBase64String(_signer.Key.ToString().Split('+', 3)[2])[1..];
    }

    public string Name { get; }

    /// <summary>Where it is asked, and the key that its cosignatures are checked with: what a log is told.</summary>
    public string Address { get; private set; } = "";

    public string Key => $"{Name}+{Convert.ToHexStringLower(KeyId)}+{Convert.ToBase64String([4, .. _publicKey])}";

    /// <summary>The statuses of its answers so far.</summary>
    public IReadOnlyList<int> Answers => [.. _answers];

    /// <summary>What it cosigned last.</summary>
    public (long Size, byte[] Root) Latest { get; set; } = (0, []);

    /// <summary>Answers with this status and does nothing; null to work.</summary>
    public int? Broken { get; set; }

    /// <summary>Signs with the right name and id, and wrongly.</summary>
    public bool Lies { get; set; }

    private byte[] KeyId => SHA256.HashData([.. Encoding.UTF8.GetBytes(Name), (byte)'\n', 4, .. _publicKey])[..4];

    /// <param name="origin">The log that it knows.</param>
    /// <param name="log">The key that it trusts for it.</param>
    public static async Task<PlainWitness> StartAsync(string name, string origin, NoteKey log)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var witness = new PlainWitness(builder.Build(), name, origin, log);
        witness._app.Run(witness.AnswerAsync);
        await witness._app.StartAsync();
        witness.Address = witness._app.Urls.Single();
        return witness;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _one.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        // What is looked at and what is kept is one step.
        await _one.WaitAsync();
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var (status, text) = context.Request.Path != "/add-checkpoint" || context.Request.Method != "POST" ? (404, "") : Broken is { } broken ? (broken, "") : await JudgeAsync(body.ToArray());
            _answers.Enqueue(status);
            context.Response.StatusCode = status;
            context.Response.ContentType = status == 409 ? "text/x.tlog.size" : "text/plain; charset=utf-8";
            await context.Response.WriteAsync(text);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<(int Status, string Body)> JudgeAsync(byte[] body)
    {
        var whole = Encoding.UTF8.GetString(body);
        var (blank, lines) = (whole.IndexOf("\n\n", StringComparison.Ordinal), whole.Split('\n'));
        if (blank < 0 || !lines[0].StartsWith("old ", StringComparison.Ordinal) || !long.TryParse(lines[0][4..], NumberStyles.None, CultureInfo.InvariantCulture, out var old))
        {
            return (400, "");
        }

        var proof = whole[..blank].Split('\n').Skip(1).Select(Convert.FromBase64String).ToArray();
        var note = whole[(blank + 2)..];
        var text = note[..(note.IndexOf("\n\n", StringComparison.Ordinal) + 1)];
        var (origin, size, root) = (text.Split('\n')[0], long.Parse(text.Split('\n')[1], CultureInfo.InvariantCulture), Convert.FromBase64String(text.Split('\n')[2]));
        if (origin != _origin)
        {
            return (404, "");
        }

        var isSigned = note[(text.Length + 1)..].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ')).Any(line =>
            line[1] == _log.Name && _log.Verify(Encoding.UTF8.GetBytes(text), Convert.FromBase64String(line[2]).AsSpan(4)));
        if (!isSigned)
        {
            return (403, "");
        }

        if (old > size || proof.Length > 63)
        {
            return (400, "");
        }

        if (old != Latest.Size || (old == size && !root.AsSpan().SequenceEqual(Latest.Root)))
        {
            return (409, string.Create(CultureInfo.InvariantCulture, $"{Latest.Size}\n"));
        }

        if (!IsConsistent(old, Latest.Root, size, root, proof))
        {
            return (422, "");
        }

        Latest = (size, root);
        return (200, await CosignAsync(text));
    }

    private async Task<string> CosignAsync(string text)
    {
        var (time, stamp) = (DateTimeOffset.UtcNow.ToUnixTimeSeconds(), new byte[8]);
        BinaryPrimitives.WriteInt64BigEndian(stamp, time);
        var signature = await _signer.SignAsync(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {time}\n{text}")), default);
        signature[^1] ^= (byte)(Lies ? 1 : 0);

        // Another key of its own, which the log was not told of, stands before it.
        return $"— {Name} {Convert.ToBase64String(RandomNumberGenerator.GetBytes(76))}\n— {Name} {Convert.ToBase64String([.. KeyId, .. stamp, .. signature])}\n";
    }

    /// <summary>RFC 9162, 2.1.4.2.</summary>
    private static bool IsConsistent(long first, byte[] firstRoot, long second, byte[] secondRoot, byte[][] proof)
    {
        if (first == 0 || first == second)
        {
            return proof is [];
        }

        var path = long.IsPow2(first) ? [firstRoot, .. proof] : proof;
        if (path is [])
        {
            return false;
        }

        var (fn, sn) = (first - 1, second - 1);
        for (; (fn & 1) == 1; fn >>= 1)
        {
            sn >>= 1;
        }

        var (fr, sr) = (path[0], path[0]);
        foreach (var node in path.Skip(1))
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                (fr, sr) = (HashOf(node, fr), HashOf(node, sr));
                for (; fn != 0 && (fn & 1) == 0; fn >>= 1)
                {
                    sn >>= 1;
                }
            }
            else
            {
                sr = HashOf(sr, node);
            }

            (fn, sn) = (fn >> 1, sn >> 1);
        }

        return sn == 0 && fr.AsSpan().SequenceEqual(firstRoot) && sr.AsSpan().SequenceEqual(secondRoot);
    }

    private static byte[] HashOf(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);
}
