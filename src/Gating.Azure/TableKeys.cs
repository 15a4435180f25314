using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gating.Generations;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Messages;
using Gating.StatusLists;
using Gating.Timelines;

namespace Gating.Azure;

/// <summary>
/// The one place that forms names and keys of what is stored (those of timelines beside it, in TimelineKeys.cs):
/// <code>
/// table ledger    partition {stream}   row head | e;{seq:D12} | g;{seq:D12}[;{part:D3}] | k;{hash}
/// table names     partition {hash}     row name
/// table registry  partition registry   row version | {kind};{name, escaped}
/// table index     partition {ContentId} row output | partition {SHA-256}  row {ContentId} | partition look;{band} row {ContentId}
/// table letters   partition {queue}    row {SHA-256 of the message}
/// table leaves    partition {shard}    row {stream};{seq:D12} | {stream};frozen
/// table pending   partition {shard}    row {stream};{seq:D12}
/// table timelines partition {kind};{id, escaped};{hour};{shard} row {ms of the hour:D7};{stream};{seq:D12} | partition {kind};{id, escaped};{month} row h;{hour};{shard} | c;{hour}
///                 partition work       row {hour};{kind};{id, escaped};{hour closed}
/// table cursors   partition {task}     row cursor
/// table statuslists partition {list} row list | partition {hour} row {list}
/// table signals   partition {app, escaped} row stream | e;{jti}
/// queue trace     container entries    blob {entry hash}
///                 container archive    blob {ContentId}
///                 container incoming   blob {ContentId} | {ContentId}.refused
///                 container log        blob state | lease | checkpoint | staging/{SHA-256} | tile/…
///                 container lastknown  blob checkpoint | erased/{stream}
/// </code>
/// Numbers are padded so that the ordinal order of rows is the order of entries; everything else is lower-case hex or escaped, so that no text from
/// outside can form a forbidden key or another row's.
/// </summary>
public sealed class TableKeys(string prefix)
{
    /// <summary>The version in every row's <c>V</c>.</summary>
    public const int SchemaVersion = 1;

    public const string Head = "head";
    public const string Name = "name";
    public const string Registry = "registry";
    public const string RegistryVersion = "version";
    public const string Output = "output";
    public const string LogState = "state";
    public const string LogLease = "lease";
    public const string Checkpoint = "checkpoint";

    /// <summary>Partitions of leaf rows and of pending pointers: few, so that leaves of many streams share transactions; 16 times what one partition can take.</summary>
    public const int LeafShards = 16;

    public const string Cursor = "cursor";
    public const string StatusList = "list";
    public const string SignalStream = "stream";

    /// <summary>Rows of events begin with this, and end before <see cref="AfterSignalEvents"/>.</summary>
    public const string SignalEvents = "e;";
    public const string AfterSignalEvents = "e<";

    /// <summary>What twelve digits can number: at a thousand entries a second, thirty years of one stream.</summary>
    public const long MaxSeq = 999_999_999_999;

    /// <summary>Characters of an escaped name in a key; a longer one is written otherwise.</summary>
    internal const int MaxEscaped = 400;

    private const string NoteSuffix = ".refused";
    private const string StagingPrefix = "staging/";
    private const string ErasedPrefix = "erased/";

    public string LedgerTable { get; } = prefix + "ledger";

    public string NamesTable { get; } = prefix + "names";

    public string RegistryTable { get; } = prefix + "registry";

    public string IndexTable { get; } = prefix + "index";

    public string LeavesTable { get; } = prefix + "leaves";

    public string PendingTable { get; } = prefix + "pending";

    /// <summary>Its keys are formed by <see cref="Timelines.TimelineKeys"/>.</summary>
    public string TimelinesTable { get; } = prefix + "timelines";

    public string LogContainer { get; } = prefix.ToLowerInvariant() + "log";

    public string LastKnownContainer { get; } = prefix.ToLowerInvariant() + "lastknown";

    public string CursorsTable { get; } = prefix + "cursors";

    public string StatusListsTable { get; } = prefix + "statuslists";

    public string SignalsTable { get; } = prefix + "signals";

    public string ArchiveContainer { get; } = prefix.ToLowerInvariant() + "archive";

    public string LettersTable { get; } = prefix + "letters";

    public string IncomingContainer { get; } = prefix.ToLowerInvariant() + "incoming";

    public string EntriesContainer { get; } = prefix.ToLowerInvariant() + "entries";

    /// <summary>What a queue is called in storage.</summary>
    public string Queue(string name) => prefix.ToLowerInvariant() + name;

    public static string Partition(StreamId stream) => stream.ToString();

    public static string Partition(NameHash name) => name.ToString();

    public static string Partition(StatusListId list) => list.ToString();

    /// <summary>Of the names of the status lists that began in it.</summary>
    public static string Partition(UtcHour hour) => hour.ToString();

    public static string Entry(long seq) => Numbered('e', seq);

    public static string Settlement(SettlementId id) => id.Part == 0
        ? Numbered('g', id.Seq)
        : string.Create(CultureInfo.InvariantCulture, $"{Numbered('g', id.Seq)};{id.Part:D3}");

    public static string Key(KeyHash key) => $"k;{key}";

    /// <summary>Of the outputs whose look has that band. Its own upper bits tell it from all others.</summary>
    public static string Band(uint band) => string.Create(CultureInfo.InvariantCulture, $"look;{band:x8}");

    public static string Blob(EntryHash hash) => hash.ToString();

    /// <summary>Of the note that a file which came in was refused; the file itself has the bare ContentId, the only name that an app can write to.</summary>
    public static string Note(ContentId content) => content.Text + NoteSuffix;

    /// <summary>False for a blob that is none of ours.</summary>
    public static bool TryReadIncoming(string name, out ContentId content, out bool isNote)
    {
        isNote = name.EndsWith(NoteSuffix, StringComparison.Ordinal);
        return ContentId.TryParse(isNote ? name[..^NoteSuffix.Length] : name, out content);
    }

    /// <summary>By the stream's first four bits, which are random: all rows of one stream stand together.</summary>
    public static string LeafPartition(StreamId stream) => LeafPartition((int)(stream.Value.High >> 60));

    public static string LeafPartition(int shard) => shard.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>Of the leaf's row, and of the pointer to it.</summary>
    public static string Leaf(LeafPlace place) => $"{place.Stream};{Digits(place.Seq)}";

    public static string Frozen(StreamId stream) => $"{stream};frozen";

    public static string Erased(StreamId stream) => ErasedPrefix + stream;

    public static bool TryReadErased(string name, out StreamId stream)
    {
        stream = default;
        return name.StartsWith(ErasedPrefix, StringComparison.Ordinal) && StreamId.TryParse(name[ErasedPrefix.Length..], out stream);
    }

    public static string Staging(EntryHash name) => StagingPrefix + name;

    /// <summary>False for a key that is none of an entry's, or of a leaf's where <paramref name="kind"/> is null.</summary>
    public static bool TryReadNumbered(string key, char? kind, out long seq)
    {
        seq = 0;
        var digits = kind is { } letter ? key is [var first, ';', ..] && first == letter ? key[2..] : string.Empty : key;
        return digits.Length == 12 && digits.All(char.IsAsciiDigit) && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out seq);
    }

    public static bool TryReadSettlement(string key, out SettlementId id)
    {
        id = default;
        var part = 0;
        if (key.Length > 14 && (key.Length != 18 || key[14] != ';' || !int.TryParse(key.AsSpan(15), NumberStyles.None, CultureInfo.InvariantCulture, out part) || part == 0))
        {
            return false;
        }

        if (key.Length < 14 || !TryReadNumbered(key[..14], 'g', out var seq))
        {
            return false;
        }

        id = new(seq, part);
        return true;
    }

    public static bool TryReadKey(string key, out KeyHash hash)
    {
        hash = default;
        if (key.Length != 34 || !key.StartsWith("k;", StringComparison.Ordinal) || !StreamId.TryParse(key[2..], out var sameForm))
        {
            return false;
        }

        hash = new(sameForm.Value);
        return true;
    }

    public static bool TryReadLeaf(string key, out LeafPlace place)
    {
        place = default;
        if (key.Split(';') is not [var stream, var digits] || !StreamId.TryParse(stream, out var id) || !TryReadNumbered(digits, null, out var seq))
        {
            return false;
        }

        place = new(id, seq);
        return true;
    }

    public static bool TryReadBand(string partition, out uint band)
    {
        band = 0;
        return partition.Length == 13 && partition.StartsWith("look;", StringComparison.Ordinal)
            && uint.TryParse(partition.AsSpan(5), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out band) && string.Equals(Band(band), partition, StringComparison.Ordinal);
    }

    /// <summary>64 lower-case hex digits.</summary>
    public static bool TryReadHash(string text, out EntryHash hash)
    {
        var isOne = text.Length == 2 * EntryHash.Size && text.All(char.IsAsciiHexDigitLower);
        hash = isOne ? EntryHash.FromBytes(Convert.FromHexString(text)) : default;
        return isOne;
    }

    public static bool TryReadStaging(string name, out EntryHash hash)
    {
        hash = default;
        return name.StartsWith(StagingPrefix, StringComparison.Ordinal) && TryReadHash(name[StagingPrefix.Length..], out hash);
    }

    /// <summary>
    /// A registry row's key. Letters, digits, dot, dash and underscore stay; every other byte of the name's UTF-8 is <c>~</c> and two hex digits; a name too long for a key
    /// is <c>~~</c> and its SHA-256. No two names share a key; case and normalisation count.
    /// </summary>
    public static string RegistryRow(string kind, string name)
    {
        var key = new StringBuilder().Append(Escape(kind)).Append(';');
        var escaped = Escape(name);
        return escaped.Length <= MaxEscaped
            ? key.Append(escaped).ToString()
            : key.Append("~~").Append(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))).ToString();
    }

    /// <summary>An app's id needs no more than 64 characters, each three at most.</summary>
    public static string SignalPartition(string app) => Escape(app);

    public static string SignalEvent(string id) => SignalEvents + id;

    /// <summary>Whether an event could have that id, so that a row's key can be formed from it: 32 lower-case hexadecimal digits.</summary>
    public static bool IsSignalId(string id) => id.Length == 32 && id.All(char.IsAsciiHexDigitLower);

    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'-' or (byte)'_')
            {
                escaped.Append((char)b);
            }
            else
            {
                escaped.Append('~').Append(b.ToString("x2", CultureInfo.InvariantCulture));
            }
        }

        return escaped.ToString();
    }

    private static string Numbered(char kind, long seq) => string.Create(CultureInfo.InvariantCulture, $"{kind};{Digits(seq)}");

    internal static string Digits(long seq)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seq);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seq, MaxSeq);
        return seq.ToString("D12", CultureInfo.InvariantCulture);
    }
}
