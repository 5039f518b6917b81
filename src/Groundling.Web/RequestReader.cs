using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Groundling.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Groundling.Web;

/// <summary>Reads requests from JSON or from a form with a file; both go through one set of rules.</summary>
internal static class RequestReader
{
    private const int LongestField = 1 << 20;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>How the service reads JSON: strictly, with snake-case names.</summary>
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerOptions.Strict)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            NumberHandling = JsonNumberHandling.Strict,
        };

    // A form's fields are all text.
    private static readonly JsonSerializerOptions Form = new(Json) { NumberHandling = JsonNumberHandling.AllowReadingFromString };

    private static readonly Dictionary<string, string> Expected = new()
    {
        ["image"] = "a picture file in base64",
        ["caption"] = "text",
        ["phrases"] = "a list of texts",
        ["threshold"] = "a number from 0 up to, but not including, 1",
        ["size"] = "a whole number of pixels, 0 for the picture's own",
        ["method"] = "\"full\" or \"static\"",
        ["probabilities"] = "true or false",
        ["phrase"] = "a whole number, counted from 0",
        ["narrative"] = "a whole number, counted from 0",
        ["document"] = "the answer of /v1/ground, as text",
        ["format"] = "the name of a format",
        ["name"] = "text",
        ["version"] = "text, as the last answer gave it",
        ["key"] = "text that no other edit has",
        ["operation"] = "an object with \"op\"",
    };

    /// <summary>Reads the body of a request.</summary>
    /// <exception cref="RequestException">The body is of another type, malformed, or a field is of another kind.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellation)
        where T : GroundRequest
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            type = null;
        if (type is not null && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            return await ReadJsonAsync<T>(request, cancellation);
        if (type is not null && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return await ReadFormAsync<T>(request, type, cancellation);
        throw new RequestException(
            StatusCodes.Status415UnsupportedMediaType,
            $"a body of type '{request.ContentType}' is not read here; send application/json or multipart/form-data"
        );
    }

    /// <summary>Reads a body that can only be JSON.</summary>
    /// <exception cref="RequestException">The body is malformed, or a field is of another kind.</exception>
    public static async Task<T> ReadJsonAsync<T>(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            using var body = await BodyBuffer.ReadAsync(request.Body, cancellation);
            return Parse<T>(body) ?? throw Malformed("the body is null; send a JSON object");
        }
        catch (JsonException e)
        {
            throw Explained<T>(e);
        }
    }

    private static T? Parse<T>(BodyBuffer body)
    {
        var reader = new Utf8JsonReader(
            body.AsSequence(),
            new JsonReaderOptions
            {
                MaxDepth = Json.MaxDepth,
                CommentHandling = Json.ReadCommentHandling,
                AllowTrailingCommas = Json.AllowTrailingCommas,
            }
        );
        var read = JsonSerializer.Deserialize<T>(ref reader, Json);
        if (reader.Read())
            throw new JsonException();
        return read;
    }

    private static async Task<T> ReadFormAsync<T>(HttpRequest request, MediaTypeHeaderValue type, CancellationToken cancellation)
        where T : GroundRequest
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrWhiteSpace(boundary) || boundary.Length > 200)
            throw Malformed("the Content-Type names no boundary of the form's parts; let your HTTP library write that header");
        var fields = new JsonObject();
        byte[]? image = null;
        try
        {
            var parts = new MultipartReader(boundary, request.Body);
            while (await parts.ReadNextSectionAsync(cancellation) is { } part)
            {
                var (name, content) = await ReadPartAsync(part, cancellation);
                if (fields.ContainsKey(name) && name != "phrases" || name == "image" && image is not null)
                    throw new RequestException(
                        StatusCodes.Status400BadRequest,
                        $"the form has the field '{name}' twice; send it once",
                        name
                    );
                if (name == "image")
                    image = content;
                else if (!Expected.ContainsKey(name))
                    throw Unknown<T>(name);
                else
                    Add(fields, name, Text(content, name));
            }
            return fields.Deserialize<T>(Form)! with { Image = image };
        }
        catch (JsonException e)
        {
            throw Explained<T>(e);
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not BadHttpRequestException))
        {
            throw Malformed("the form is malformed or ends before its last boundary; send it whole");
        }
    }

    private static async Task<(string Name, byte[] Content)> ReadPartAsync(MultipartSection part, CancellationToken cancellation)
    {
        if (
            !ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)
            || HeaderUtilities.RemoveQuotes(disposition.Name).Value is not { Length: > 0 } name
        )
            throw Malformed("a part of the form has no name; give each a Content-Disposition with a name");
        using var content = await BodyBuffer.ReadAsync(part.Body, cancellation);
        return (name, content.ToArray());
    }

    private static void Add(JsonObject fields, string name, string text)
    {
        if (name == "phrases")
        {
            if (fields[name] is not JsonArray phrases)
                fields[name] = phrases = [];
            foreach (var range in text.AsSpan().Split(';'))
            {
                if (text.AsSpan(range).Trim() is not { IsEmpty: false } phrase)
                    continue;
                GroundRequest.RequireRoomFor(phrases.Count + 1);
                phrases.Add(phrase.ToString());
            }
        }
        else
            fields[name] = name == "probabilities" && bool.TryParse(text, out var value) ? JsonValue.Create(value) : JsonValue.Create(text);
    }

    private static string Text(byte[] content, string name)
    {
        if (content.Length > LongestField)
            throw new RequestException(
                StatusCodes.Status400BadRequest,
                $"the field '{name}' has {content.Length} bytes; {LongestField} are allowed",
                name
            );
        try
        {
            return Utf8.GetString(content);
        }
        catch (ArgumentException)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, $"the field '{name}' is not UTF-8 text; encode it so", name);
        }
    }

    private static RequestException Explained<T>(JsonException e)
    {
        var name = e.Path?.TrimStart('$', '.').Split('.', '[')[0] ?? "";
        if (name.Length == 0 || e.InnerException is JsonException)
            return Malformed($"the body is not a JSON object as it should be (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})");
        return FieldsOf<T>().Contains(name)
            ? new(StatusCodes.Status400BadRequest, $"'{name}' is malformed; it should be {Expected[name]}", name)
            : Unknown<T>(name);
    }

    private static RequestException Unknown<T>(string name) =>
        Malformed($"there is no field '{PlainText.Excerpt(name)}'; there are {string.Join(", ", FieldsOf<T>())}");

    private static IEnumerable<string> FieldsOf<T>() =>
        typeof(T)
            .GetProperties()
            .Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>() is null)
            .Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));

    private static RequestException Malformed(string detail) => new(StatusCodes.Status400BadRequest, detail);
}
