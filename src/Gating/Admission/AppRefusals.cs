using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Gating.Ledger;

namespace Gating.Admission;

/// <summary>
/// Refusals without a verified person: counted per app and reason in memory, written to the app's ledger as one entry at most once a minute. Counting touches
/// no storage, so nobody can make the gate work by being refused. A crash loses at most the minute's count; a lost answer of the store may count it twice.
/// </summary>
public sealed class AppRefusals(Appender appender, StreamNames names, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedDictionary<string, int>> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts one. <paramref name="app"/> must be a registered app's id: their number bounds what is kept.</summary>
    public void Count(string app, string reason)
    {
        lock (_gate)
        {
            if (!_counts.TryGetValue(app, out var counts))
            {
                _counts[app] = counts = new(StringComparer.Ordinal);
                _ = WriteLaterAsync(app);
            }

            counts[reason] = counts.GetValueOrDefault(reason) + 1;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "What could not be written is counted on and tried again a minute later.")]
    private async Task WriteLaterAsync(string app)
    {
        while (true)
        {
            await Task.Delay(Pause, time, CancellationToken.None);
            var counts = Take(app);
            try
            {
                if (await WriteAsync(app, counts))
                {
                    return;
                }
            }
            catch (Exception)
            {
                // Storage is down or the app's stream is frozen; both are reported where they arise.
            }

            if (!PutBack(app, counts))
            {
                return;
            }
        }
    }

    private async Task<bool> WriteAsync(string app, SortedDictionary<string, int> counts)
    {
        var stream = await names.OfAsync(StreamNames.App, app, CancellationToken.None);
        var entry = new EntryDraft(EntryKind.AppRefusals, Encode(app, counts), default);
        var proposal = new Proposal<bool>(OperationId.Create(), [], (state, _) => new(state, [entry], [], null, null, true));
        return await appender.AppendAsync(stream, proposal, isNew: false) is AppendOutcome<bool>.Done;
    }

    private SortedDictionary<string, int> Take(string app)
    {
        lock (_gate)
        {
            _counts.Remove(app, out var counts);
            return counts!;
        }
    }

    /// <summary>Returns false when somebody counted meanwhile: the writer that this started takes both.</summary>
    private bool PutBack(string app, SortedDictionary<string, int> counts)
    {
        lock (_gate)
        {
            if (_counts.TryAdd(app, counts))
            {
                return true;
            }

            foreach (var (reason, count) in counts)
            {
                _counts[app][reason] = _counts[app].GetValueOrDefault(reason) + count;
            }

            return false;
        }
    }

    private static byte[] Encode(string app, SortedDictionary<string, int> counts)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("v"u8, 1);
            json.WriteString("app"u8, app);
            json.WriteStartObject("refusals"u8);
            foreach (var (reason, count) in counts)
            {
                json.WriteNumber(reason, count);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
