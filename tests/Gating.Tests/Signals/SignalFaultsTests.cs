using System.Collections.Concurrent;
using Gating.Grants;
using Gating.Identity.Keys;
using Gating.Ledger;
using Gating.Messages;
using Gating.Signals;
using Gating.Testing;
using Gating.Testing.Jose;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Gating.Tests.Revocation;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Signals;

/// <summary>Every call to storage between a stop and its receiver goes wrong, each in each way: the app that knows the person is told all the same, and nothing is left over.</summary>
public sealed class SignalFaultsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _received = new();
    private LoopbackProvider _receiver = null!;
    private SignalKeys _keys = null!;

    public async Task InitializeAsync()
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        _keys = SignalKeys.FromPem(key.ExportPkcs8PrivateKeyPem(), null);
        _receiver = await LoopbackProvider.StartAsync();
        _receiver.Answer("/events", async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            _received.Enqueue(await reader.ReadToEndAsync());
            context.Response.StatusCode = 202;
        });
    }

    public Task DisposeAsync() => _receiver.DisposeAsync().AsTask();

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.Duplicate)]
    public async Task Whatever_storage_does_the_app_that_knows_the_person_is_told(Fault fault)
    {
        var lost = 0;
        for (var nth = 1L; ; nth++)
        {
            var office = new RevocationOffice();
            var grant = await office.World.GrantAsync();
            RevocationOffice.Done(await office.RevokeAsync(grant.Person));
            var stop = (await office.World.Gate.EntriesAsync()).Single(static entry => entry.Kind is EntryKind.StatusChanged);
            await using var mail = await Mail.OpenAsync(office, _keys, new(_receiver.Issuer("events")));
            _received.Clear();
            mail.Faults.OnAny(fault, nth);

            while (!await GenerationFixture.TryAsync(() => mail.Signals.AddAsync([stop], default)))
            {
                lost++;
            }

            await mail.DeliverAsync();
            var met = mail.Faults.Revive();
            await mail.DeliverAsync();
            (await mail.WaitingAsync("app")).ShouldBe(0);
            _received.ShouldNotBeEmpty();
            _received.Distinct().ShouldHaveSingleItem();
            (await mail.WaitingAsync("other")).ShouldBe(0);
            if (!met)
            {
                output.WriteLine($"{nth - 1} calls, each {fault}: {lost} were begun again");
                nth.ShouldBeGreaterThan(6);
                return;
            }
        }
    }

    [Fact]
    public async Task What_happened_long_ago_is_told_nobody()
    {
        var office = new RevocationOffice();
        var grant = await office.World.GrantAsync();
        RevocationOffice.Done(await office.RevokeAsync(grant.Person));
        var stop = (await office.World.Gate.EntriesAsync()).Single(static entry => entry.Kind is EntryKind.StatusChanged);
        await using var mail = await Mail.OpenAsync(office, _keys, new(_receiver.Issuer("events")));
        office.World.Gate.Time.Pass(TimeSpan.FromMinutes(16));
        await mail.Signals.AddAsync([stop], default);
        await mail.DeliverAsync();
        _received.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_a_stop_that_begins_later_the_app_is_told_when_it_does()
    {
        var office = new RevocationOffice();
        var grant = await office.World.GrantAsync();
        var from = DateTimeOffset.FromUnixTimeSeconds(office.World.Gate.Time.GetUtcNow().AddHours(1).ToUnixTimeSeconds());
        RevocationOffice.Done(await office.RevokeAsync(grant.Person, from: from));
        var stop = (await office.World.Gate.EntriesAsync()).Single(static entry => entry.Kind is EntryKind.StatusChanged);
        await using var mail = await Mail.OpenAsync(office, _keys, new(_receiver.Issuer("events")));
        await mail.Signals.AddAsync([stop], default);
        await mail.DeliverAsync();
        _received.ShouldBeEmpty();

        office.World.Gate.Time.Pass(TimeSpan.FromHours(1));
        await mail.Signals.AddAsync([stop], default);
        await mail.Signals.AddAsync([stop], default);
        await mail.DeliverAsync();
        using var claims = System.Text.Json.JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(_received.Distinct().ShouldHaveSingleItem().Split('.')[1]));
        claims.RootElement.GetProperty("events").GetProperty(SecurityEvents.SessionRevoked).GetProperty("event_timestamp").GetInt64().ShouldBe(from.ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"v":2,"app":"app","jti":"x","tries":0}""")]
    [InlineData("""{"v":1,"app":"app","jti":7,"tries":0}""")]
    [InlineData("""{"v":1,"app":"app","jti":"x","tries":-1}""")]
    public async Task A_message_that_names_no_event_is_set_aside(string message)
    {
        await using var mail = await Mail.OpenAsync(new(), _keys, new(_receiver.Issuer("events")));
        (await mail.Handler.HandleAsync(System.Text.Encoding.UTF8.GetBytes(message), default)).ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe("malformed");
    }

    [Fact]
    public void A_secret_of_a_receiver_is_sealed_for_its_app()
    {
        var secrets = new StreamSecrets(new(new byte[OperatorKey.Size]));
        var whole = secrets.Seal("app", "Bearer x");
        System.Text.Encoding.UTF8.GetString(whole.Span).ShouldNotContain("Bearer");
        secrets.Open("app", whole.Span).ShouldBe("Bearer x");
        Should.Throw<System.Security.Cryptography.CryptographicException>(() => secrets.Open("other", whole.Span));
        Should.Throw<System.Security.Cryptography.CryptographicException>(() => secrets.Open("app", []));
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2048)]
    public void A_key_of_fewer_than_2048_bits_is_refused(int bits)
    {
#pragma warning disable CA5385 // The short one is there to be refused.
        using var key = System.Security.Cryptography.RSA.Create(bits);
#pragma warning restore CA5385
        var pem = key.ExportPkcs8PrivateKeyPem();
        if (bits < 2048)
        {
            Should.Throw<SigningKeyException>(() => SignalKeys.FromPem(pem, null));
        }
        else
        {
            SignalKeys.FromPem(pem, key.ExportSubjectPublicKeyInfoPem()).ShouldNotBeNull();
            Should.Throw<SigningKeyException>(() => SignalKeys.FromPem(key.ExportSubjectPublicKeyInfoPem(), null));
        }
    }

    /// <summary>What tells apps, over stores in memory with faults of their own.</summary>
    private sealed class Mail : IAsyncDisposable
    {
        private readonly InMemorySignalStore _store;
        private readonly InMemoryMessageQueues _queues;
        private readonly SignalPush _push;

        private Mail(RevocationOffice office, SignalKeys keys)
        {
            var (time, key) = (office.World.Gate.Time, new OperatorKey(new byte[OperatorKey.Size]));
            (_store, _queues) = (new(Faults), new(time, Faults));
            _push = new(keys, new(key), new EndpointPolicy(allowLoopback: true), TimeProvider.System);
            Signals = new(office.World.Gate.Ledger, new(office.World.Gate.Ledger, time), _store, new(new AppHandles(key), "https://gate.test"), new(_store, _queues, _push, time), time);
            Handler = new(_store, _queues, _push, time);
        }

        public Faults Faults { get; } = new();

        public PersonSignals Signals { get; }

        public SignalHandler Handler { get; }

        public static async Task<Mail> OpenAsync(RevocationOffice office, SignalKeys keys, Uri endpoint)
        {
            var mail = new Mail(office, keys);
            foreach (var app in new[] { "app", "other" })
            {
                (await mail._store.WriteStreamAsync(new(app, "s", SignalDelivery.Push, endpoint, null, SecurityEvents.Supported, null, SignalStatus.Enabled, null), null, default)).ShouldBeTrue();
            }

            return mail;
        }

        public async Task<int> WaitingAsync(string app)
        {
            var count = 0;
            await foreach (var _ in _store.ReadAsync(app, default))
            {
                count++;
            }

            return count;
        }

        /// <summary>As a driver does: a message whose handling went wrong comes again. Whoever kept an event sends it too, at the same time.</summary>
        public async Task DeliverAsync()
        {
            while (_queues.Take() is { } message)
            {
                while (await GenerationFixture.TryAsync(async () => (await Handler.HandleAsync(message.Message, default)).ShouldBeOfType<MessageOutcome.Done>()) is null)
                {
                }
            }
        }

        public ValueTask DisposeAsync()
        {
            _push.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
