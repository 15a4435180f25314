namespace Gating.Holds;

/// <summary>Who sets or lifts a hold, and why. Both are personal, or name a case: they stand only in the sealed part of the record.</summary>
public sealed record HoldStatement
{
    private const int MaxText = 512;

    private HoldStatement(string admin, string reason) => (Admin, Reason) = (admin, reason);

    /// <summary>The admin's id, as the provider of admins names them.</summary>
    public string Admin { get; }

    public string Reason { get; }

    /// <summary>Null unless both are texts of 1 to 512 characters, not blank and without controls.</summary>
    public static HoldStatement? Create(string admin, string reason) => IsText(admin) && IsText(reason) ? new(admin, reason) : null;

    private static bool IsText(string text) => text.Length <= MaxText && !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl);
}
