using System.Buffers;
using System.Text;
using Gating.Clients;

namespace Gating.Functions.Http;

/// <summary>
/// An <c>application/x-www-form-urlencoded</c> body, read strictly: bounded before anything is parsed, UTF-8, no parameter twice (RFC 6749 3.2).
/// </summary>
internal sealed class FormFields
{
    /// <summary>Bytes of a body that are read at most.</summary>
    public const int MaxSize = 48 * 1024;

    private const int MaxFields = 32;

    private readonly List<KeyValuePair<string, string>> _fields = new(8);

    private FormFields()
    {
    }

    /// <summary>The value, or null where the parameter is absent or empty, which means the same (RFC 6749 3.2).</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (field, value) in _fields)
            {
                if (string.Equals(field, name, StringComparison.Ordinal))
                {
                    return value.Length > 0 ? value : null;
                }
            }

            return null;
        }
    }

    /// <summary>Reads the whole body; the problem says why not. Never holds more than <see cref="MaxSize"/> bytes.</summary>
    public static async ValueTask<(FormFields? Form, FormProblem Problem)> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentType is not { } type || !IsForm(type))
        {
            return (null, FormProblem.NotAForm);
        }

        if (request.ContentLength > MaxSize)
        {
            return (null, FormProblem.TooLarge);
        }

        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellation);
            if (read.Buffer.Length > MaxSize)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return (null, FormProblem.TooLarge);
            }

            if (!read.IsCompleted)
            {
                request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var form = Parse(read.Buffer, out var problem);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            return (form, problem);
        }
    }

    private static bool IsForm(string type)
    {
        var end = type.IndexOf(';', StringComparison.Ordinal);
        return type.AsSpan(0, end < 0 ? type.Length : end).Trim().Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
    }

    private static FormFields? Parse(in ReadOnlySequence<byte> body, out FormProblem problem)
    {
        if (body.IsSingleSegment)
        {
            return Parse(body.FirstSpan, out problem);
        }

        var rented = ArrayPool<byte>.Shared.Rent((int)body.Length);
        try
        {
            body.CopyTo(rented);
            return Parse(rented.AsSpan(0, (int)body.Length), out problem);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    private static FormFields? Parse(ReadOnlySpan<byte> body, out FormProblem problem)
    {
        var form = new FormFields();
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf((byte)'=');
            if (!TryDecode(equals < 0 ? pair : pair[..equals], out var name) || !TryDecode(equals < 0 ? default : pair[(equals + 1)..], out var value))
            {
                problem = FormProblem.Malformed;
                return null;
            }

            if (form._fields.Count == MaxFields || form._fields.Exists(field => string.Equals(field.Key, name, StringComparison.Ordinal)))
            {
                problem = FormProblem.Repeated;
                return null;
            }

            form._fields.Add(new(name, value));
        }

        problem = default;
        return form;
    }

    private static bool TryDecode(ReadOnlySpan<byte> text, out string decoded)
    {
        decoded = string.Empty;
        var rented = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            if (!FormEncoding.TryDecode(text, rented, out var length))
            {
                return false;
            }

            decoded = Encoding.UTF8.GetString(rented, 0, length);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }
}

/// <summary>Why a form could not be read.</summary>
internal enum FormProblem
{
    None = 0,
    NotAForm,
    TooLarge,
    Malformed,
    Repeated,
}
