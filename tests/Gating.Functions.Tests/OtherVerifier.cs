using System.Text.Json;
using Gating.Labels.Tests.Readers;
using Gating.Local.Processes;
using Gating.Log.Notes;
using Shouldly;

namespace Gating.Functions.Tests;

/// <summary>
/// Receipts before a verifier of somebody else's: sigstore's, which npm checks the provenance of its packages with, and Node's HMAC for the leaf (see OtherVerifier/verify.mjs). Nothing of ours.
/// </summary>
internal static class OtherVerifier
{
    private static readonly Lazy<Task<NodeRuntime>> Node = new(static () => NodePackages.EnsureAsync(NodeSettings.Default with { Folder = Folder }, new Silence(), CancellationToken.None));

    private static string Folder => Path.GetFullPath(Path.Combine(NodeSettings.Default.Folder, "..", "..", "..", "tests", "Gating.Functions.Tests", "OtherVerifier"));

    /// <summary>What it says of each: the entry's hash, the leaf's index and the tree's size; null where it refuses.</summary>
    public static async Task<IReadOnlyList<(string Entry, long Index, long Size)?>> VerifyAsync(NoteKey key, params IReadOnlyList<byte[]> receipts)
    {
        var node = await Node.Value;
        var folder = Directory.CreateTempSubdirectory("gating-receipts");
        try
        {
            var files = receipts.Select((receipt, i) => (Name: Path.Combine(folder.FullName, $"{i}.tlog-proof"), Bytes: receipt)).ToArray();
            foreach (var (name, bytes) in files)
            {
                await File.WriteAllBytesAsync(name, bytes);
            }

            var (isGood, said) = (await Tool.RunAsync(node.Executable, [Path.Combine(node.Folder, "verify.mjs"), key.ToString(), .. files.Select(static file => file.Name)])).ShouldNotBeNull();
            isGood.ShouldBeTrue(said);
            var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            lines.Length.ShouldBe(receipts.Count);
            return [.. lines.Select(Read)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (string Entry, long Index, long Size)? Read(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        return root.GetProperty("accepted").GetBoolean() ? (root.GetProperty("entry").GetString()!, root.GetProperty("index").GetInt64(), root.GetProperty("size").GetInt64()) : null;
    }

    private sealed class Silence : IProgress<string>
    {
        public void Report(string value)
        {
        }
    }
}
