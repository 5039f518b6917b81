using Groundling.Core;
using Groundling.Data;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web;

/// <summary>Pictures with captions that the page offers to try.</summary>
internal sealed class SampleFolder
{
    private readonly Dictionary<string, string> _files = [];

    /// <param name="folder">NAME.png and NAME.txt for each sample; need not exist.</param>
    public SampleFolder(string folder)
    {
        if (!Directory.Exists(folder)) return;
        var samples = new List<Sample>();
        foreach (var picture in Directory.EnumerateFiles(folder, "*.png").Where(file => !Path.GetFileName(file).StartsWith('.')).Order(StringComparer.Ordinal))
        {
            var caption = Path.ChangeExtension(picture, ".txt");
            if (!File.Exists(caption)) continue;
            var file = Path.GetFileName(picture);
            _files.Add(file, picture);
            samples.Add(new(Path.GetFileNameWithoutExtension(file), $"/v1/samples/{Uri.EscapeDataString(file)}", PlainText.Read(caption).Trim()));
        }
        Samples = samples;
    }

    /// <summary>What there is to try.</summary>
    public IReadOnlyList<Sample> Samples { get; } = [];

    /// <summary>A sample's picture; only those that were listed at the start are ever read.</summary>
    public IResult Picture(string file) => _files.TryGetValue(file, out var path) ? Results.File(path, "image/png") : Results.NotFound();
}

/// <summary>A picture to try.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Picture">Its address.</param>
/// <param name="Caption">A caption of it, with phrases in brackets.</param>
internal sealed record Sample(string Name, string Picture, string Caption);
