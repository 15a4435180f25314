using Gating.Ledger;
using Shouldly;

namespace Gating.Functions.Tests.World;

/// <summary>Persons who ask for grants one after the other, as apps do: what an instance did not answer is asked for again, of whoever is there then.</summary>
internal sealed class BusyPersons(GateWorld world, int count)
{
    private readonly int[] _granted = new int[count];
    private int _unanswered;

    /// <summary>Grants that were answered.</summary>
    public int Granted => _granted.Sum();

    /// <summary>Requests whose instance died before it answered, refused the connection, or had no time for it.</summary>
    public int Unanswered => _unanswered;

    /// <param name="instance">Whom to ask next.</param>
    public Task AskAsync(Func<Uri> instance, TimeSpan pause, CancellationToken over) => EachAsync(async person =>
    {
        while (!over.IsCancellationRequested)
        {
            await TryAsync(person, instance());
            await Task.Delay(pause, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    });

    /// <summary>One more grant for each of them.</summary>
    public Task AskOnceAsync(Uri instance) => EachAsync(async person =>
    {
        while (!await TryAsync(person, instance))
        {
            await Task.Delay(50);
        }
    });

    /// <summary>Their streams: each has an entry for every grant that was answered, and at most one for each that was not.</summary>
    public async Task<IReadOnlyList<StreamId>> StreamsAsync()
    {
        var (streams, entries) = (new List<StreamId>(), 0);
        for (var person = 0; person < count; person++)
        {
            streams.Add(await world.StreamOfAsync($"busy-{person}"));
            await world.ShouldBeSoundAsync(streams[^1]);
            var granted = (await world.EntriesAsync(streams[^1])).Count(static entry => entry.Kind is EntryKind.Granted);
            granted.ShouldBeGreaterThanOrEqualTo(_granted[person]);
            entries += granted;
        }

        entries.ShouldBeLessThanOrEqualTo(Granted + Unanswered);
        return streams;
    }

    private Task EachAsync(Func<int, Task> act) => Task.WhenAll(Enumerable.Range(0, count).Select(person => Task.Run(() => act(person))));

    private async Task<bool> TryAsync(int person, Uri instance)
    {
        try
        {
            var answer = await new TokenCall(world.Http, instance, world.IdToken($"busy-{person}")).SendAsync();
            if (answer.Status == 503)
            {
                // Storage has no time for it: nothing is known, as where nobody answered.
                Interlocked.Increment(ref _unanswered);
                return false;
            }

            answer.Status.ShouldBe(200, answer.Body);
            _granted[person]++;
            return true;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            Interlocked.Increment(ref _unanswered);
            return false;
        }
    }
}
