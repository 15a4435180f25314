using Gating.Ledger;

namespace Gating.StatusLists;

/// <summary>The name of one status list, the last part of its address: 128 bits that say nothing about whose grants are on it.</summary>
public readonly record struct StatusListId(Bits128 Value)
{
    public static StatusListId FromBytes(ReadOnlySpan<byte> bytes) => new(Bits128.FromBytes(bytes));

    /// <summary>Reads the 32 lower-case hex digits that <see cref="ToString"/> writes, and nothing else.</summary>
    public static bool TryParse(string? text, out StatusListId id)
    {
        var isOne = StreamId.TryParse(text, out var sameForm);
        id = new(sameForm.Value);
        return isOne;
    }

    public override string ToString() => Value.ToString();
}

/// <summary>Where a grant's status stands (Token Status List, 6.1: <c>uri</c> and <c>idx</c>). No two grants ever have the same.</summary>
/// <param name="Index">0 to <see cref="StatusList.Size"/> - 1.</param>
public readonly record struct StatusPlace(StatusListId List, int Index);

/// <summary>
/// Whose grants share a list: those of one app for one tool, to people of one issuer. When one of the three is stopped the whole list says so at once, nothing has to be written for any grant, and when it is open
/// again its grants are good again.
/// </summary>
/// <param name="Tool">Its resource.</param>
public sealed record StatusLane(string App, string Tool, string Issuer);
