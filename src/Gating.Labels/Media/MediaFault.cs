using System.Diagnostics.CodeAnalysis;

namespace Gating.Labels.Media;

/// <summary>Why a file cannot be read or labelled.</summary>
public enum MediaFault
{
    /// <summary>No format that this library knows.</summary>
    Unrecognised = 1,

    /// <summary>It ends in the middle of something.</summary>
    Truncated = 2,

    /// <summary>Something in it contradicts its format.</summary>
    Malformed = 3,

    /// <summary>Right, but beyond what is read here: a bound, or a part of the format that is not handled.</summary>
    Unsupported = 4,

    /// <summary>Encrypted: nothing can be written that its reader would see.</summary>
    Encrypted = 5,

    /// <summary>Signed: any change breaks the signature, and whoever signed it has to decide.</summary>
    CarriesSignature = 6,
}

/// <summary>Thrown by the parsers of this library, and by nothing else; what callers see of it is an outcome.</summary>
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "It never leaves the library.")]
internal sealed class MediaException(MediaFault fault, long offset, string reason) : Exception(reason)
{
    public MediaFault Fault { get; } = fault;

    /// <summary>Where in the file, in bytes.</summary>
    public long Offset { get; } = offset;

    public static MediaException Malformed(long offset, string reason) => new(MediaFault.Malformed, offset, reason);

    public static MediaException Unsupported(long offset, string reason) => new(MediaFault.Unsupported, offset, reason);
}
