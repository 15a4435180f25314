using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>Signatures (12.8): an update leaves what was signed as it is, but readers then say that the document was changed, and a certification may forbid it.</summary>
internal static class PdfSignatures
{
    private const int MaxFields = 4096;

    public static void Refuse(PdfFile file)
    {
        var catalog = file.Catalog();
        var dictionary = catalog.Value.Dictionary;
        var permissions = file.ResolveDictionary(dictionary["Perms"]);
        if (permissions?["DocMDP"] is not null || permissions?["UR3"] is not null || permissions?["UR"] is not null || IsSigned(file, file.ResolveDictionary(dictionary["AcroForm"])))
        {
            throw new MediaException(MediaFault.CarriesSignature, catalog.Offset, "The document is signed, and any change would show as one.");
        }
    }

    private static bool IsSigned(PdfFile file, PdfDictionary? form)
    {
        if (form is null)
        {
            return false;
        }

        var open = new Stack<(PdfValue Field, bool IsSignature)>((file.Resolve(form["Fields"])?.Items ?? []).Select(static field => (field, false)));
        var seen = new HashSet<PdfReference>();
        for (var fields = 0; open.TryPop(out var next); fields++)
        {
            // Too many to look at all of them: the form itself says whether one of them is signed (bit 1 of SigFlags).
            if (fields >= MaxFields)
            {
                return ((file.Resolve(form["SigFlags"])?.Integer ?? 0) & 1) != 0;
            }

            if ((next.Field.Reference is { } id && !seen.Add(id)) || file.ResolveDictionary(next.Field) is not { } field)
            {
                continue;
            }

            // The kind of a field is inherited; its value as well, but a signature has one place.
            var isSignature = file.Resolve(field["FT"]) is { } kind ? kind.Name is "Sig" : next.IsSignature;
            if (isSignature && file.Resolve(field["V"]) is not null)
            {
                return true;
            }

            foreach (var kid in file.Resolve(field["Kids"])?.Items ?? [])
            {
                open.Push((kid, isSignature));
            }
        }

        return false;
    }
}
