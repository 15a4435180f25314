using System.Text.Json;
using Gating.Log.Notes;
using Shouldly;

namespace Gating.Functions.Tests;

/// <summary>
/// Receipts and grants before other people's verifiers. Nothing of ours: receipts with sigstore's, which npm checks the provenance of its packages with, and Node's HMAC for the leaf (OtherVerifier/verify.mjs); grants with
/// oauth4webapi, jose and the OpenWallet Foundation's reader of status lists (OtherVerifier/grants.mjs).
/// </summary>
internal static class OtherVerifier
{
    private static readonly NodeScripts Scripts = new("OtherVerifier");

    /// <summary>What it says of each: the entry's hash, the leaf's index and the tree's size; null where it refuses.</summary>
    public static async Task<IReadOnlyList<(string Entry, long Index, long Size)?>> VerifyAsync(NoteKey key, params IReadOnlyList<byte[]> receipts)
    {
        var folder = Directory.CreateTempSubdirectory("gating-receipts");
        try
        {
            var files = receipts.Select((receipt, i) => (Name: Path.Combine(folder.FullName, $"{i}.tlog-proof"), Bytes: receipt)).ToArray();
            foreach (var (name, bytes) in files)
            {
                await File.WriteAllBytesAsync(name, bytes);
            }

            return [.. (await RunAsync("verify.mjs", receipts.Count, [key.ToString(), .. files.Select(static file => file.Name)])).Select(Read)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What a tool makes of each grant: its place and what the status list says there; null where it refuses the grant.</summary>
    public static async Task<IReadOnlyList<(int Index, int Status, string Subject)?>> CheckGrantsAsync(Uri gate, string issuer, string tool, params IReadOnlyList<string> grants) =>
        [.. (await RunAsync("grants.mjs", grants.Count, [gate.GetLeftPart(UriPartial.Authority), issuer, tool, .. grants])).Select(ReadGrant)];

    /// <summary>Whether jose finds it signed with one of the gate's published keys, of that type, by that issuer and for that audience.</summary>
    public static async Task<bool> VerifyJwtAsync(Uri gate, string issuer, string token, string typ, string audience, string keys = "/jwks", string algorithm = "ES256")
    {
        using var json = JsonDocument.Parse((await RunAsync("jwt.mjs", 1, gate.GetLeftPart(UriPartial.Authority), issuer, token, typ, audience, keys, algorithm))[0]);
        return json.RootElement.GetProperty("accepted").GetBoolean();
    }

    /// <summary>A line for each thing that was to be checked.</summary>
    private static async Task<string[]> RunAsync(string script, int count, params string[] arguments)
    {
        var (isGood, said) = await Scripts.RunAsync(script, arguments);
        isGood.ShouldBeTrue(said);
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(count, said);
        return lines;
    }

    private static (int Index, int Status, string Subject)? ReadGrant(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        return root.GetProperty("accepted").GetBoolean() ? (root.GetProperty("idx").GetInt32(), root.GetProperty("status").GetInt32(), root.GetProperty("sub").GetString()!) : null;
    }

    private static (string Entry, long Index, long Size)? Read(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        return root.GetProperty("accepted").GetBoolean() ? (root.GetProperty("entry").GetString()!, root.GetProperty("index").GetInt64(), root.GetProperty("size").GetInt64()) : null;
    }
}
