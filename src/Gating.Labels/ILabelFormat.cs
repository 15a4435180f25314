using Gating.Labels.Media;

namespace Gating.Labels;

/// <summary>
/// One file format. A handler MUST check every length, count and depth that it takes from the file (<see cref="MediaSource"/> helps), MUST bound what it holds in memory whatever the
/// file says, and MUST throw <see cref="MediaException"/> and nothing else for a file that it cannot read. It keeps no state: one instance serves everybody.
/// </summary>
internal interface ILabelFormat
{
    /// <summary>As people call it: <c>JPEG</c>.</summary>
    string Name { get; }

    /// <summary>The media type of this very file, of those that the handler serves.</summary>
    string MediaTypeOf(MediaSource source);

    /// <summary>Whether a file that starts like this is of this format. Is given up to <see cref="LabelFormats.StartBytes"/> bytes, fewer of a shorter file.</summary>
    bool Recognizes(ReadOnlySpan<byte> start);

    /// <summary>The same, for formats that may stand behind a tag of another kind, of any length: these look further into the file.</summary>
    bool Recognizes(MediaSource source, ReadOnlySpan<byte> start) => Recognizes(start);

    /// <summary>Reports every label in the file, in every place where one is known to be met.</summary>
    void Read(MediaSource source, LabelFindings findings);

    /// <summary>
    /// Plans the file with <paramref name="content"/> as its one label: every label that <see cref="Read"/> finds is replaced or left out; nothing else that the file says is lost, and
    /// pixels, samples and packets stay as they are.
    /// </summary>
    Splice Write(MediaSource source, LabelContent content);
}
