using Gating.Admission;
using Gating.Grants;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Messages;
using Gating.Revocation;
using Gating.StatusLists;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Revocation;

/// <summary>Who tells lists of a stop that begins later: its entry, which comes the log's way again. Each call to storage of that goes wrong, in each way.</summary>
public sealed class StopWakingTests
{
    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.Duplicate)]
    public async Task Whatever_storage_does_every_grant_is_marked_when_it_begins_and_none_before(Fault fault)
    {
        for (var nth = 1L; ; nth++)
        {
            var scene = await Scene.BeginAsync(TimeSpan.FromMinutes(1));
            scene.Office.World.Faults.OnAny(fault, nth);
            await scene.LogAsync();
            GrantTerms[] open = [scene.First, await scene.GrantAsync()];
            await scene.DeliverAsync();
            foreach (var terms in open)
            {
                (await scene.IsValidAsync(terms)).ShouldBeTrue($"call {nth}");
            }

            scene.Office.World.Gate.Time.Pass(TimeSpan.FromSeconds(61));
            await scene.DeliverAsync();
            foreach (var terms in open)
            {
                (await scene.IsValidAsync(terms)).ShouldBeFalse($"call {nth}");
            }

            scene.Office.World.Gate.Time.Pass(StopWaking.Grace + TimeSpan.FromSeconds(1));
            await scene.DeliverAsync();
            scene.Office.World.Queues.Messages.ShouldBeEmpty();
            if (!scene.Office.World.Faults.Revive())
            {
                nth.ShouldBeGreaterThan(15);
                return;
            }
        }
    }

    /// <summary>By an instance whose clock is behind: by its own, the stop had not begun.</summary>
    [Fact]
    public async Task What_was_given_a_moment_later_all_the_same_is_marked_a_minute_later()
    {
        var scene = await Scene.BeginAsync(TimeSpan.FromMinutes(1));
        await scene.LogAsync();
        scene.Office.World.Gate.Time.Pass(TimeSpan.FromSeconds(61));
        await scene.DeliverAsync();
        var late = await scene.GrantAsync(behind: TimeSpan.FromMinutes(1));
        (await scene.IsValidAsync(late)).ShouldBeTrue();
        scene.Office.World.Gate.Time.Pass(StopWaking.Grace);
        await scene.DeliverAsync();
        (await scene.IsValidAsync(late)).ShouldBeFalse();
    }

    [Fact]
    public async Task One_that_was_lifted_before_its_time_marks_nothing()
    {
        var scene = await Scene.BeginAsync(TimeSpan.FromMinutes(1));
        await scene.LogAsync();
        RevocationOffice.Done(await scene.Office.Desk.LiftAsync(scene.Stop.Id, "a mistake", RevocationOffice.Ben, default));
        scene.Office.World.Gate.Time.Pass(TimeSpan.FromSeconds(61));
        await scene.DeliverAsync();
        (await scene.IsValidAsync(scene.First)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_further_ahead_than_a_message_can_wait_goes_on_waiting()
    {
        var scene = await Scene.BeginAsync(TimeSpan.FromDays(20));
        await scene.LogAsync();
        for (var day = 0; day < 20; day++)
        {
            scene.Office.World.Queues.Messages.ShouldHaveSingleItem().Delay.ShouldBeInRange(TimeSpan.FromDays(1), TimeSpan.FromDays(7));
            scene.Office.World.Gate.Time.Pass(TimeSpan.FromDays(1));
            await scene.DeliverAsync();
        }

        // Its time has come, and the last message is the minute's.
        scene.Office.World.Queues.Messages.ShouldHaveSingleItem().Delay.ShouldBeInRange(TimeSpan.Zero, StopWaking.Grace + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task One_that_holds_from_its_entry_on_waits_for_nothing()
    {
        var scene = await Scene.BeginAsync(null);
        await scene.LogAsync();
        scene.Office.World.Queues.Messages.ShouldBeEmpty();
    }

    /// <summary>A person with a grant, and a stop that begins after that long.</summary>
    private sealed class Scene
    {
        private readonly EntryIndexes _indexes;

        private Scene(RevocationOffice office, GrantTerms first, RecordedRevocation stop)
        {
            (Office, First, Stop) = (office, first, stop);
            var gate = office.World.Gate;
            var begun = new BegunStops(gate.Store, gate.Time);
            _indexes = new([new StatusMarking(gate.Store, begun, new(gate.Store, gate.Time), new(gate.StatusLists, gate.Time), gate.Time), new StopWaking(office.World.Queues, gate.Time)]);
        }

        public RevocationOffice Office { get; }

        public GrantTerms First { get; }

        public RecordedRevocation Stop { get; }

        public static async Task<Scene> BeginAsync(TimeSpan? ahead)
        {
            var office = new RevocationOffice();
            var first = (await office.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>().Terms;
            var from = office.World.Gate.Time.GetUtcNow() + ahead;
            return new(office, first, RevocationOffice.Done(await office.RevokeAsync(first.Person, from: from is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()) : null)).Revocation);
        }

        /// <summary>With a clock that is that much behind.</summary>
        public async Task<GrantTerms> GrantAsync(TimeSpan behind = default)
        {
            Office.World.Gate.Time.Set(-behind);
            for (; ; )
            {
                try
                {
                    var terms = (await Office.World.Gate.AskAsync()).ShouldBeOfType<AdmissionDecision.Granted>().Terms;
                    Office.World.Gate.Time.Set(behind);
                    return terms;
                }
                catch (StorageUnavailableException)
                {
                    // Asked again, as an app does.
                }
            }
        }

        /// <summary>The stop's entry comes the log's way, until somebody has answered for it.</summary>
        public async Task LogAsync()
        {
            while (!await GenerationFixture.TryAsync(() => IndexAsync(new(First.Person, Stop.Place, Stop.Place))))
            {
            }
        }

        /// <summary>What is due, as a driver does: a message whose handling went wrong comes again after its lease.</summary>
        public async Task DeliverAsync()
        {
            var lease = TimeSpan.FromSeconds(1);
            for (var failed = true; failed;)
            {
                failed = !await GenerationFixture.TryAsync(async () =>
                {
                    foreach (var delivery in await Office.World.Queues.ReceiveAsync(QueueNames.Trace, 32, lease, default))
                    {
                        await IndexAsync(TraceMessage.Read(delivery.Message()).References.ShouldHaveSingleItem());
                        await Office.World.Queues.RemoveAsync(QueueNames.Trace, delivery, default);
                    }
                });
                if (failed)
                {
                    Office.World.Gate.Time.Pass(lease);
                }
            }
        }

        public async Task<bool> IsValidAsync(GrantTerms terms)
        {
            var place = terms.Status.ShouldNotBeNull();
            for (; ; )
            {
                try
                {
                    return StatusBits.IsValid((await Office.World.Gate.StatusLists.ReadAsync(place.List, default)).ShouldNotBeNull().List.Compressed, place.Index);
                }
                catch (StorageUnavailableException)
                {
                    // Whoever reads a list asks again.
                }
            }
        }

        private async Task IndexAsync(TraceReference reference) =>
            await _indexes.AddAsync([(await Office.World.Gate.Store.ReadEntryAsync(reference.Stream, reference.From, default)).ShouldNotBeNull()], default);
    }
}
