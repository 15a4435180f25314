using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Gating.Admission;
using Gating.Archive;
using Gating.Generations;
using Gating.Grants;
using Gating.Holds;
using Gating.Labels;
using Gating.Ledger;
using Gating.Registry;
using Gating.Testing;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Gating.Tests.Generations;

/// <summary>What redeems and what archives, over stores in memory that share their faults; each <see cref="Restart"/> is a new process on the same stores.</summary>
internal sealed class GenerationFixture
{
    public static readonly GenerationRequest Request = new("m", "1", SynthesisCategory.Face, null, [], null, null, [], null, 1);

    public GenerationFixture()
    {
        Archive = new(Faults);
        Index = new(Faults);
        Incoming = new(Gate.Time, Faults);
        Queues = new(Gate.Time, Faults);
        Cursors = new(Faults);
        Gate.FirstTool["labelling"] = new JsonObject
        {
            ["providerCode"] = "001191110102MACQD9K64010000", ["system"] = "Face Studio", ["source"] = "generated", ["explicit"] = "apps_own",
            ["mediaTypes"] = new JsonArray("image/png"), ["maxBytes"] = 1_000_000, ["retentionDays"] = 184,
        };
        Restart();
    }

    public GateFixture Gate { get; } = new();

    public Faults Faults => Gate.Faults;

    public InMemoryArchiveStore Archive { get; }

    public InMemoryOutputIndex Index { get; }

    public InMemoryIncomingStore Incoming { get; }

    public InMemoryMessageQueues Queues { get; }

    /// <summary>The app's handles and the handler's are one key's.</summary>
    public AppHandles Handles { get; } = new(new(new byte[OperatorKey.Size]));

    public Appender Appender { get; private set; } = null!;

    public GrantRedeemer Redeemer { get; private set; } = null!;

    public OutputArchiver Archiver { get; private set; } = null!;

    public OutputUploads Uploads { get; private set; } = null!;

    public UploadedOutputs Uploaded { get; private set; } = null!;

    public ArchiveReferences References { get; } = new(new(new byte[OperatorKey.Size]));

    public InMemoryTaskCursors Cursors { get; }

    public OrphanSweep Sweep { get; private set; } = null!;

    public Retention Retention { get; private set; } = null!;

    public LegalHolds Holds { get; private set; } = null!;

    public RecordedOutputs Outputs => new(Index, Archive, References, Gate.Store);

    /// <summary>Our clock agrees with storage's.</summary>
    public bool IsClockRight { get; set; } = true;

    public ClockCheck Clock => new(() => IsClockRight, TimeSpan.FromSeconds(30));

    /// <summary>Nothing that was remembered is.</summary>
    public void Restart()
    {
        var registry = new RegistrySource(Gate.RegistryStore, Gate.Time, RegistryMode.Production);
        Appender = new(Gate.Store, Gate.Queue, new(new byte[OperatorKey.Size]), Gate.Time);
        Redeemer = new(registry, Appender, Gate.Store, new(Appender, Gate.Store, Gate.Names, Gate.Time), Gate.Consents, Gate.Time);
        Archiver = new(Gate.Store, Appender, Archive, References, registry, Gate.Time);
        Uploads = new(Archiver, Incoming, Queues, Handles, Gate.Time);
        Uploaded = new(Archiver, Incoming, Handles, static () => new MemoryStream());
        Sweep = NewSweep(Cursors);
        Retention = new(Archive, Gate.Store, Appender, References, Clock, Gate.Time, NullLogger<Retention>.Instance);
        Holds = new(Gate.Store, Appender, Outputs);
    }

    public OrphanSweep NewSweep(InMemoryTaskCursors cursors) => new(Archive, Gate.Store, References, cursors, Clock, Gate.Time, NullLogger<OrphanSweep>.Instance);

    public async Task<PresentedGrant> GrantAsync(int units = 1, params ImmutableArray<string> consents)
    {
        var granted = await Gate.AskAsync(request => request with { Detail = request.Detail with { Units = units, ConsentIds = consents } });
        var terms = granted.ShouldBeOfType<AdmissionDecision.Granted>().Terms;
        return new(terms.Person, terms.Seq, terms.App, terms.Resource, "face_swap", units, terms.ExpiresAt, null) { ConsentIds = consents };
    }

    public Task<GenerationOutcome> RedeemAsync(PresentedGrant grant, Func<GenerationRequest, GenerationRequest>? change = null, ShortLivedRow? proof = null) =>
        Redeemer.RedeemAsync(grant, change?.Invoke(Request) ?? Request, proof, default);

    public async Task<Generation> BeginAsync() => (await RedeemAsync(await GrantAsync())).ShouldBeOfType<GenerationOutcome.Begun>().Generation;

    /// <summary>As the endpoint does it: asks which output it would be, then hands the file in.</summary>
    public async Task<ArchiveOutcome> HandInAsync(Generation generation, byte[] file, int number = 1, bool declares = false, string app = "app")
    {
        var (awaited, refused) = await Archiver.AwaitAsync(app, generation.Person, generation.Seq, number, default);
        return awaited is null ? refused! : await Archiver.ArchiveAsync(awaited, new MemoryStream(file), static () => new MemoryStream(), declares, default);
    }

    /// <summary>Null where storage failed: nobody was told anything.</summary>
    public static async Task<T?> TryAsync<T>(Func<Task<T>> request)
        where T : class
    {
        try
        {
            return await request();
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }

    /// <summary>False where storage failed: it is to be done again.</summary>
    public static async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Its transaction happens and its reference is not queued: it hears nothing.</summary>
    public async Task LoseReferenceAsync<T>(Func<Task<T>> request)
    {
        var put = Faults.HoldNext(StoreCall.PutTrace);
        Faults.On(StoreCall.PutTrace, Fault.Before);
        var commits = Faults.Calls(StoreCall.Commit);
        var asked = request();
        await put.Reached;
        await Eventually.TrueAsync(() => Faults.Calls(StoreCall.Commit) == commits + 1);
        put.Release();
        await Should.ThrowAsync<StorageUnavailableException>(asked);
    }

    public async Task<long> ChargedAsync(StreamId person) => (await Gate.Ledger.ReadHeadAsync(person, default))!.Head.State.Windows.ShouldHaveSingleItem().Used;

    /// <summary>The chain verifies, all of it was announced, no store saw a rule broken, and every recorded output's file is there, as recorded, unless its removal is.</summary>
    public async Task ShouldBeSoundAsync(StreamId person)
    {
        (await StreamVerifier.VerifyAsync(Gate.Ledger, person, default)).Findings.ShouldBeEmpty();
        Faults.Violations.ShouldBeEmpty();
        foreach (var output in (await Gate.EntriesAsync()).Select(ArchiveEntries.Read).OfType<ArchivedOutput>())
        {
            if (await Gate.Ledger.ReadSettlementAsync(person, output.Removal, default) is { } removal)
            {
                (await Gate.Ledger.ReadEntryAsync(person, removal.By, default))!.Kind.ShouldBe(EntryKind.Removed);
                continue;
            }

            (await Archive.FindAsync(output.File.Content, default)).ShouldBe(output.File);
            await using var kept = (await Archive.OpenAsync(output.File.Content, 0, output.File.Length, default))!;
            EntryHash.FromBytes(await System.Security.Cryptography.SHA256.HashDataAsync(kept)).ShouldBe(output.File.OutputSha256);
            var found = LabelReader.Read(kept).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.ShouldHaveSingleItem().Content;
            found.Text.ShouldBe(output.Label);
            found.Label!.ProduceId.ShouldBe(output.File.Content.Text);
        }
    }

    /// <summary>Every seq up to the head's was told to the log. Perhaps one more: the reference goes beside the transaction, and one that found its output recorded left none.</summary>
    public async Task ShouldBeAnnouncedAsync(StreamId person)
    {
        var told = Gate.Queue.References.Where(reference => reference.Stream == person).SelectMany(static reference => Enumerable.Range((int)reference.From, (int)(reference.To - reference.From + 1)));
        Enumerable.Range(1, (int)(await Gate.Ledger.ReadHeadAsync(person, default))!.Head.Seq).Except(told).ShouldBeEmpty();
    }

    /// <summary>Every entry of the fixture's person is found by what it is found by, as when it is logged.</summary>
    public async Task IndexAsync()
    {
        await new OutputIndexing(Index).AddAsync(await Gate.EntriesAsync(), default);
    }

    public static byte[] Png(byte shade) => TinyPng.Of(shade);
}
