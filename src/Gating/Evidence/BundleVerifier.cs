using System.Collections.Immutable;
using System.Text;
using Gating.Identity.Jose;
using Gating.Log;
using Gating.Log.Notes;
using Gating.Log.Tiles;

namespace Gating.Evidence;

/// <summary>What a reader of bundles knows from elsewhere. Nothing: then a bundle is measured by the keys that it brings, and the claims say so.</summary>
/// <param name="Verifiers">Keys that sign the log's checkpoints; the log is called as the first of them.</param>
/// <param name="Signing">Keys that manifests are signed under, as the gate's <c>/jwks</c> had them when the bundle was made.</param>
/// <param name="Tiles">Reads the public log: a tile, or null where there is none; throws <see cref="LogUnreadableException"/>. Null: it is not to be had.</param>
public sealed record BundleTrust(ImmutableArray<NoteKey> Verifiers, KeySet? Signing, Func<TileId, CancellationToken, Task<ReadOnlyMemory<byte>?>>? Tiles);

/// <summary>
/// Judges a bundle, claim by claim, from its bytes and what the reader knows, and nothing else. Whoever made it may have wanted to deceive: memory is bounded, whatever it says of itself, and time by what it really unpacks to.
/// </summary>
public static class BundleVerifier
{
    /// <param name="file">Can seek, and does not change meanwhile: it is read twice.</param>
    public static async Task<BundleReport> VerifyAsync(Stream file, BundleTrust trust, CancellationToken cancellation)
    {
        var (opened, refusal) = await BundleReader.OpenAsync(file, cancellation);
        if (opened is not { } bundle)
        {
            return refusal!;
        }

        await using (bundle)
        {
            return await new Judging(bundle, trust).RunAsync(cancellation);
        }
    }

    private sealed class Judging(BundleReader bundle, BundleTrust trust)
    {
        private readonly ImmutableArray<Claim>.Builder _claims = ImmutableArray.CreateBuilder<Claim>();

        public async Task<BundleReport> RunAsync(CancellationToken cancellation)
        {
            var json = await bundle.ReadAsync(BundleFormat.Manifest, cancellation) ?? [];
            var keys = await bundle.ReadAsync(BundleFormat.Keys, cancellation) is { } bytes ? BundleKeys.Parse(bytes) : null;
            var manifest = BundleManifest.Parse(json);
            JudgeManifest(manifest, json, await bundle.ReadAsync(BundleFormat.Signature, cancellation) ?? [], keys);
            await JudgeFilesAsync(manifest, cancellation);
            var checkpoint = JudgeCheckpoint(await bundle.ReadAsync(BundleFormat.Checkpoint, cancellation), manifest, keys);
            using var entries = new EntryClaims(manifest?.Origin ?? keys?.Origin ?? string.Empty, checkpoint);
            await entries.ReadAsync(bundle, cancellation);
            _claims.AddRange(entries.ToClaims());
            if (entries.Streams.Lines.Any())
            {
                _claims.Add(await JudgeLogAsync(entries.Streams, checkpoint, cancellation));
            }

            return new BundleReport.Judged(_claims.ToImmutable(), entries.Count, manifest?.Made);
        }

        private void JudgeManifest(BundleManifest? manifest, byte[] json, byte[] jws, BundleKeys? keys)
        {
            const string Name = "manifest";
            if (manifest is null || !manifest.Files.Select(static file => file.Name).SequenceEqual(BundleFormat.Listed, StringComparer.Ordinal))
            {
                _claims.Add(Claim.Fails(Name, $"{BundleFormat.Manifest} is no manifest of a bundle of version {BundleFormat.Version}"));
                return;
            }

            if ((trust.Signing ?? keys?.Signing) is not { } signing)
            {
                _claims.Add(Claim.Fails(Name, $"{BundleFormat.Keys} cannot be read, and no other keys were given"));
                return;
            }

            if (ManifestSignature.Verify(jws.Length > CompactJws.MaxCharacters ? string.Empty : Encoding.Latin1.GetString(jws), json, signing, out var problem) is not { } id)
            {
                _claims.Add(Claim.Fails(Name, problem));
                return;
            }

            _claims.Add(Claim.Holds(Name, $"signed under key {id}"));
            _claims.Add(trust.Signing is null
                ? Claim.NotChecked("signing key", $"the bundle itself brings key {id}: whoever made the one may have made the other; give the gate's key set, got from elsewhere")
                : Claim.Holds("signing key", $"key {id} is in the key set that was given"));
        }

        private async Task JudgeFilesAsync(BundleManifest? manifest, CancellationToken cancellation)
        {
            foreach (var name in BundleFormat.Listed)
            {
                var listed = manifest?.Files.FirstOrDefault(file => string.Equals(file.Name, name, StringComparison.Ordinal));
                var (measured, problem) = await bundle.MeasureAsync(name, Math.Min(BundleFormat.MaxFile, listed?.Bytes ?? BundleFormat.MaxDocument), cancellation);
                _claims.Add(measured is null ? Claim.Fails($"file {name}", problem)
                    : listed is null ? Claim.Fails($"file {name}", "no manifest lists it")
                    : listed.Sha256 != measured.Sha256 || listed.Bytes != measured.Bytes ? Claim.Fails($"file {name}", "its SHA-256 or its length is not the one in the manifest: it was changed, or is another bundle's")
                    : listed.Count != CountOf(measured) ? Claim.Fails($"file {name}", FormattableString.Invariant($"it counts {CountOf(measured)}, and the manifest says {listed.Count}"))
                    : Claim.Holds($"file {name}", FormattableString.Invariant($"{measured.Bytes} bytes, SHA-256 as in the manifest")));
            }
        }

        private static long CountOf(ManifestFile measured) => Path.GetExtension(measured.Name) switch
        {
            ".jsonl" => measured.Count,
            ".csv" => measured.Count - 1,
            _ => 1,
        };

        /// <summary>The checkpoint as it reads, whatever its signature is worth: proofs are judged by it all the same.</summary>
        private Checkpoint? JudgeCheckpoint(byte[]? note, BundleManifest? manifest, BundleKeys? keys)
        {
            const string Name = "checkpoint";
            var checkpoint = note is not null && SignedNote.Parse(note) is { } parsed ? Checkpoint.Parse(parsed.Text.Span) : null;
            var verifiers = trust.Verifiers.IsEmpty ? keys?.Verifiers ?? [] : trust.Verifiers;
            var origin = trust.Verifiers is [var first, ..] ? first.Name : keys?.Origin;
            if (checkpoint is null || verifiers.IsEmpty)
            {
                _claims.Add(Claim.Fails(Name, checkpoint is null ? $"{BundleFormat.Checkpoint} is no checkpoint" : $"{BundleFormat.Keys} cannot be read, and no other keys were given"));
                return checkpoint;
            }

            if (!string.Equals(checkpoint.Origin, origin, StringComparison.Ordinal) || (manifest is not null && !manifest.IsOf(checkpoint)))
            {
                _claims.Add(Claim.Fails(Name, "it is not of the log, or not the one, that the keys and the manifest name"));
                return checkpoint;
            }

            try
            {
                _claims.Add(SignedNote.Open(note, verifiers) switch
                {
                    NoteOutcome.Opened opened => Claim.Holds(Name, FormattableString.Invariant($"{checkpoint.Size} leaves, signed by {string.Join(" and ", opened.By.Select(static key => key.ToString()))}")),
                    NoteOutcome.Refused refused => Claim.Fails(Name, $"no key that counts signed it: {refused.Reason}"),
                    _ => throw new System.Diagnostics.UnreachableException(),
                });
                _claims.Add(trust.Verifiers.IsEmpty
                    ? Claim.NotChecked("log key", "the bundle itself brings the key: whoever made the one may have made the other; give the log's verifier key, got from elsewhere")
                    : Claim.Holds("log key", "the key that was given"));
            }
            catch (Ed25519UnavailableException missing)
            {
                _claims.Add(Claim.NotChecked(Name, missing.Message));
            }

            return checkpoint;
        }

        private async Task<Claim> JudgeLogAsync(StreamClaim streams, Checkpoint? checkpoint, CancellationToken cancellation)
        {
            const string Name = "nothing left out";
            if (checkpoint is null || !streams.Holds)
            {
                return Claim.NotChecked(Name, "the streams themselves do not hold");
            }

            if (trust.Tiles is null)
            {
                return Claim.NotChecked(Name, "that nothing of a stream comes after what is here can be seen in the public log only: give it");
            }

            try
            {
                return await new LogClaim(trust.Tiles).CheckAsync(streams.Lines, checkpoint, cancellation);
            }
            catch (LogUnreadableException silence)
            {
                return Claim.NotChecked(Name, silence.Message);
            }
        }
    }
}
