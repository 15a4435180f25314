using System.Globalization;
using System.Security.Cryptography;
using Gating.Ledger;
using Gating.Timelines;

namespace Gating.StatusLists;

/// <summary>
/// The status of grants that were made in one hour in one lane. Its places are given out in blocks, each to one instance and once; where they do not suffice the lane has another list in that hour. Since no grant lives
/// longer than <see cref="Registry.Tool.LongestGrant"/>, a list has nothing to say soon after its hour.
/// </summary>
/// <param name="Leased">Blocks that were given out.</param>
/// <param name="Compressed">See <see cref="StatusBits"/>.</param>
public sealed record StatusList(StatusListId Id, StatusLane Lane, UtcHour Hour, int Leased, ReadOnlyMemory<byte> Compressed)
{
    /// <summary>Places of a list: it is 8 kB at most, whatever is on it.</summary>
    public const int Size = 65_536;

    /// <summary>Places of a block: what an instance that dies leaves unused at most.</summary>
    public const int BlockSize = 256;

    public const int Blocks = Size / BlockSize;

    /// <summary>A grant of that hour can still be good.</summary>
    public static bool IsLive(UtcHour hour, DateTimeOffset now) => now < hour.End + Registry.Tool.LongestGrant;
}

/// <summary>Names lists: the same lane, hour and number have the same list on every instance, and nobody without the operator's key can tell which it is.</summary>
public sealed class StatusListNames(OperatorKey key)
{
    private readonly MacKey _key = new(key.Derive([], "gating/statuslists/v1"u8));

    /// <param name="number">0 for the lane's first list in that hour.</param>
    public StatusListId NameOf(StatusLane lane, UtcHour hour, int number)
    {
        Span<byte> named = stackalloc byte[KeyHash.Size];
        KeyHash.Of("statuslist", lane.App, lane.Tool, lane.Issuer, hour.ToString(), number.ToString(CultureInfo.InvariantCulture)).Write(named);
        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _key.Compute(code, named);
        return StatusListId.FromBytes(code[..16]);
    }
}
