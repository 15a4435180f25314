using System.Collections.Frozen;
using System.Security.Cryptography;
using Gating.Archive;
using Gating.Generations;
using Gating.Labels;
using Gating.Labels.Perceptual;
using Gating.Ledger;
using Gating.Registry;

namespace Gating.Identify;

/// <summary>Is this file AI-generated? From the file, or its digest alone, to what its label and our record say of it.</summary>
public sealed class Identifier(IOutputIndex index, RecordedOutputs outputs, RegistrySource registry)
{
    /// <summary>Of each of a look's eight bands: 200 candidates in all.</summary>
    private const int MostOfBand = 25;

    /// <param name="file">Can be read and sought.</param>
    public async Task<Identification> OfFileAsync(Stream file, CancellationToken cancellation)
    {
        file.Position = 0;
        var sha256 = EntryHash.FromBytes(await SHA256.HashDataAsync(file, cancellation));
        var (report, notRead) = await Task.Run(() => LabelReader.Read(file), cancellation) switch
        {
            ReadOutcome.Read read => (read.Report, null),
            ReadOutcome.Refused refused => (default(LabelReport), refused.Detail),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        var ours = await OursAsync(report, cancellation);
        var byLabel = ours is { } content ? await outputs.FindAsync(content, cancellation) : null;
        var byDigest = await FindAsync(sha256, cancellation);
        var similar = byDigest is null ? await LikeAsync(file, byLabel, cancellation) : null;
        return Identification.Decide(report, notRead, sha256, byDigest, byLabel, ours is not null, similar);
    }

    public async Task<Identification> OfDigestAsync(EntryHash sha256, CancellationToken cancellation) =>
        Identification.Decide(null, null, sha256, await FindAsync(sha256, cancellation), null, namesOurs: false, null);

    /// <summary>The number in a label whose producer is one of our registry's.</summary>
    private async Task<ContentId?> OursAsync(LabelReport? report, CancellationToken cancellation)
    {
        if (report is null || report.Labels.IsEmpty)
        {
            return null;
        }

        var producers = (await registry.GetAsync(cancellation)).Tools.Values.Where(static tool => tool.Labelling is not null)
            .Select(static tool => tool.Labelling!.Provider.Text).ToFrozenSet(StringComparer.Ordinal);
        foreach (var label in report.Labels.Select(static found => found.Content.Label))
        {
            if (label is not null && producers.Contains(label.ContentProducer) && ContentId.TryParse(label.ProduceId, out var content))
            {
                return content;
            }
        }

        return null;
    }

    private async Task<SimilarOutput?> LikeAsync(Stream file, ArchivedOutput? byLabel, CancellationToken cancellation)
    {
        if (await Task.Run(() => PerceptualHash.Of(file), cancellation) is not PerceptualOutcome.Hashed { Hash: var look })
        {
            return null;
        }

        if (byLabel is not null)
        {
            return Near(byLabel, look);
        }

        var bands = await Task.WhenAll(look.Bands.Select(band => index.FindByBandAsync(band, MostOfBand, cancellation)));
        var nearest = bands.SelectMany(static band => band)
            .Select(candidate => (candidate.Content, Distance: PerceptualHash.TryParse(candidate.Look, out var its) ? its.Distance(look) : int.MaxValue))
            .Where(static candidate => candidate.Distance <= PerceptualHash.Near)
            .OrderBy(static candidate => candidate.Distance).ThenBy(static candidate => candidate.Content.Text, StringComparer.Ordinal).ToArray();
        return nearest.Length > 0 ? Near(await outputs.FindAsync(nearest[0].Content, cancellation), look) : null;
    }

    private static SimilarOutput? Near(ArchivedOutput? output, PerceptualHash look) =>
        output?.Look?.Distance(look) is { } distance && distance <= PerceptualHash.Near ? new(output, distance) : null;

    private async Task<ArchivedOutput?> FindAsync(EntryHash sha256, CancellationToken cancellation)
    {
        foreach (var content in await index.FindAsync(sha256, most: 1, cancellation))
        {
            return await outputs.FindAsync(content, cancellation);
        }

        return null;
    }
}
