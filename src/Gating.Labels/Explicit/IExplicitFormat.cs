using Gating.Labels.Media;

namespace Gating.Labels.Explicit;

/// <summary>
/// What people see or hear of a label in one file format. The rules of <see cref="ILabelFormat"/> hold here too: every length of the file is checked, memory is bounded,
/// <see cref="MediaException"/> is all that is thrown, and no state is kept.
/// </summary>
internal interface IExplicitFormat
{
    /// <summary>As people call it; the name of the <see cref="ILabelFormat"/> where the format has one.</summary>
    string Name { get; }

    bool Recognizes(MediaSource source, ReadOnlySpan<byte> start);

    /// <summary>Looks for an explicit label where one is put here. MUST find what <see cref="Write"/> writes.</summary>
    ExplicitFinding Read(MediaSource source);

    /// <summary>Plans the file with its explicit label; is asked only where <see cref="Read"/> found none. Everything else, an implicit label included, stays as it is.</summary>
    Splice Write(MediaSource source, ExplicitWording wording);
}
