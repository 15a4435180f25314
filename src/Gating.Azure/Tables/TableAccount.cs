using Azure.Core;
using Azure.Core.Pipeline;
using Gating.Azure.Http;

namespace Gating.Azure.Tables;

/// <summary>The Table service of one account: address, credentials, and the one set of connections that all its clients share.</summary>
public sealed class TableAccount : IDisposable
{
    private const string Scope = "https://storage.azure.com/.default";
    private const int MaxConnections = 256;

    private readonly SocketsHttpHandler _connections;
    private readonly BoundedTryHandler _tries;
    private readonly HttpClient _http;
    private readonly HttpClientTransport _transport;
    private readonly HttpPipelinePolicy[] _perTry;

    public TableAccount(StorageOptions options, TimeProvider time, StorageClock clock, StorageRequests requests)
    {
        Address = options.Tables.AbsoluteUri.TrimEnd('/');
        TryTimeout = options.TryTimeout;
        Clock = clock;
        Requests = requests;
        _connections = NewConnections(options.Tables);
        _tries = new(_connections, options.TryTimeout);
        _http = new(_tries) { Timeout = Timeout.InfiniteTimeSpan };
        _transport = new(_http);
        _perTry = [new DatePolicy(time), Authorization(options.Credential)];
    }

    /// <summary>Without a trailing slash.</summary>
    internal string Address { get; }

    internal TimeSpan TryTimeout { get; }

    internal StorageClock Clock { get; }

    internal StorageRequests Requests { get; }

    public void Dispose()
    {
        _transport.Dispose();
        _http.Dispose();
        _tries.Dispose();
        _connections.Dispose();
    }

    /// <summary>Pipelines are built by hand, not by HttpPipelineBuilder: no spans, no event logging, no client request ids, no buffering beside ours.</summary>
    internal HttpPipeline NewPipeline(TableClientOptions options) => options.MaxRetries == 0
        ? new(_transport, _perTry)
        : new(_transport, [new RetryPolicy(options.MaxRetries, DelayStrategy.CreateExponentialDelayStrategy(options.Delay, TableClientOptions.MaxDelay)), .. _perTry]);

    internal static SocketsHttpHandler NewConnections(Uri address) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = !address.IsLoopback,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        MaxConnectionsPerServer = MaxConnections,

        // Names of storage accounts move; connections to where they were do not live on.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),

        // Continuation tokens of other alphabets arrive as UTF-8.
        ResponseHeaderEncodingSelector = static (_, _) => System.Text.Encoding.UTF8,
    };

    private static HttpPipelinePolicy Authorization(StorageCredential credential) => credential switch
    {
        StorageCredential.SharedKey key => new SharedKeyLitePolicy(key.Account, Convert.FromBase64String(key.Key)),
        StorageCredential.Token token => new BearerTokenAuthenticationPolicy(token.Credential, Scope),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
