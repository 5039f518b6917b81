using Groundling.Core;
using Groundling.Data;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web;

/// <summary>Pictures with captions that the page offers to try.</summary>
internal sealed class SampleFolder
{
    private readonly Dictionary<string, string> _files = [];
    private readonly List<Sample> _samples = [];

    /// <param name="options">Where NAME.png and NAME.txt lie for each sample; the folder need not exist.</param>
    public SampleFolder(ServiceOptions options)
    {
        if (!Directory.Exists(options.Samples))
            return;
        var folder = RealPath.Of(options.Samples);
        foreach (
            var picture in Directory
                .EnumerateFiles(folder, "*.png")
                .Where(file => !Path.GetFileName(file).StartsWith('.'))
                .Order(StringComparer.Ordinal)
        )
        {
            var caption = Path.ChangeExtension(picture, ".txt");
            if (!File.Exists(caption) || LeadsOut(picture, folder) || LeadsOut(caption, folder))
                continue;
            var file = Path.GetFileName(picture);
            _files.Add(file, picture);
            _samples.Add(new(Path.GetFileNameWithoutExtension(file), Uri.EscapeDataString(file), PlainText.Read(caption).Trim()));
        }
    }

    /// <summary>What there is to try; pictures lie below the address that was asked, wherever the application put it.</summary>
    public IReadOnlyList<Sample> At(HttpRequest request)
    {
        var here = $"{request.PathBase}{request.Path}".TrimEnd('/');
        return [.. _samples.Select(sample => sample with { Picture = $"{here}/{sample.Picture}" })];
    }

    /// <summary>A sample's picture; only those that were listed at the start are ever read, while they are what they were.</summary>
    public IResult Picture(string file)
    {
        try
        {
            if (_files.TryGetValue(file, out var path) && !LeadsOut(path, Path.GetDirectoryName(path)!))
                return Results.File(File.OpenRead(path), "image/png"); // opened now: it may be gone when it is sent
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Deleted, or a folder by now.
        }
        throw new RequestException(StatusCodes.Status404NotFound, "there is nothing at this address; /v1/samples lists the samples");
    }

    /// <summary>Whether a file is a link to one that lies elsewhere.</summary>
    private static bool LeadsOut(string file, string folder) => !RealPath.IsBelow(RealPath.Of(file), folder);
}

/// <summary>A picture to try.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Picture">Its address.</param>
/// <param name="Caption">A caption of it, with phrases in brackets.</param>
internal sealed record Sample(string Name, string Picture, string Caption);
