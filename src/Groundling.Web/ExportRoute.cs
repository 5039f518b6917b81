using System.ComponentModel;
using System.IO.Compression;
using Groundling.Export;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web;

/// <summary>What a client asks who has an answer of /v1/ground and wants another tool's files of it.</summary>
internal sealed record ExportRequest : GroundRequest
{
    [Description("The answer of /v1/ground, as text of JSON.")]
    public string? Document { get; init; }

    [Description("The format, one of export_formats of /v1/model.")]
    public string? Format { get; init; }

    [Description("What the files call the picture; letters, digits, hyphens and underscores of it are kept.")]
    public string? Name { get; init; }
}

/// <summary>Groundings in other tools' formats, as one zip file; no model is needed for it.</summary>
internal sealed class ExportRoute(ServiceOptions options, PictureDecoders decoders) : IDisposable
{
    private const int LongestName = 60,
        RetryAfter = 5; // seconds
    private readonly SemaphoreSlim _one = new(1); // files of one request at a time: memory is bounded by the largest

    public async Task<IResult> ExportAsync(HttpContext context)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(TimeSpan.FromSeconds(options.Timeout));
        var request = await InTime(
            RequestReader.ReadAsync<ExportRequest>(context.Request, patience.Token),
            StatusCodes.Status408RequestTimeout,
            "the body did not arrive within",
            null
        );
        var format = RequestException.About("format", () => Exporter.Known([request.Format ?? ""])[0]);
        var document = RequestException.About("document", () => GroundingDocument.Parse(request.Document ?? ""));
        if (document.Phrases.Count > GroundRequest.MostPhrases)
            throw new RequestException(
                StatusCodes.Status400BadRequest,
                $"there are {document.Phrases.Count} phrases; {GroundRequest.MostPhrases} are allowed",
                "document"
            );
        await InTime(TurnAsync(patience.Token), StatusCodes.Status429TooManyRequests, "the files of others were being made for", null);
        try
        {
            var picture = await InTime(
                DecodeAsync(context, request, patience.Token),
                StatusCodes.Status503ServiceUnavailable,
                "the picture could not be decoded within",
                "image"
            );
            if ((picture.Width, picture.Height) != (document.Width, document.Height))
                throw new RequestException(
                    StatusCodes.Status400BadRequest,
                    $"the picture is of {picture.Width} x {picture.Height} pixels, the answer of another; send the picture that was grounded",
                    "image"
                );
            var zip = await InTime(
                Task.Run(() => Zip(request.Image!, document, format, NameOf(request.Name), patience.Token), patience.Token),
                StatusCodes.Status503ServiceUnavailable,
                "the files could not be made within",
                "document"
            );
            return Results.Bytes(zip, "application/zip");
        }
        finally
        {
            _one.Release();
        }

        async Task<T> InTime<T>(Task<T> work, int status, string fault, string? parameter)
        {
            try
            {
                return await work;
            }
            catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
            {
                throw new RequestException(status, $"{fault} {options.Timeout} seconds; try again later", parameter)
                {
                    RetryAfter = status == StatusCodes.Status429TooManyRequests ? RetryAfter : null,
                };
            }
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<bool> TurnAsync(CancellationToken patience)
    {
        await _one.WaitAsync(patience);
        return true;
    }

    private async Task<Picture> DecodeAsync(HttpContext context, ExportRequest request, CancellationToken patience)
    {
        long most = 1_000_000L * options.MaxMegapixels,
            pixels = Math.Min(Picture.DeclaredPixels(request.Image ?? []) ?? most, most);
        RequestMemory.Share.Of(context).Take(RequestMemory.PerPixelDecoded * pixels);
        return await decoders.RunAsync(
            stop => request.ReadPicture(most, int.MaxValue, stop),
            pixels > GroundRequest.LargePicture,
            patience
        );
    }

    private static byte[] Zip(byte[] image, GroundingDocument document, string format, string name, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("groundling-export-").FullName;
        try
        {
            var (path, files) = (Path.Combine(folder, name + Ending(image)), Path.Combine(folder, "files"));
            File.WriteAllBytes(path, image);
            using (var exporter = new Exporter(files, [format]))
            {
                exporter.Add(new(Path.GetFileName(path), document) { Name = name, Path = path }, stop);
                exporter.Finish();
            }
            using var zip = new MemoryStream();
            ZipFile.CreateFromDirectory(Directory.CreateDirectory(Path.Combine(files, format)).FullName, zip);
            return zip.ToArray();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Ending(ReadOnlySpan<byte> image) =>
        image switch
        {
            [0xFF, 0xD8, ..] => ".jpg",
            [(byte)'R', ..] => ".webp",
            [(byte)'G', ..] => ".gif",
            [(byte)'B', ..] => ".bmp",
            _ => ".png",
        };

    private static string NameOf(string? name)
    {
        var letters = string.Concat(
            (name ?? "").Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_').Take(LongestName)
        );
        return letters.Length > 0 ? letters : "picture";
    }
}
