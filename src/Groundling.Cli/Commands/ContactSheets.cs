using Groundling.Core;
using Groundling.Rendering;

namespace Groundling.Cli.Commands;

/// <summary>contact-sheet.png of many pictures with their masks, and contact-sheet-2.png and so on where one does not hold them.</summary>
internal static class ContactSheets
{
    /// <summary>What the sheets' names begin with.</summary>
    public const string Name = "contact-sheet";

    /// <summary>Draws the sheets of the pictures whose own files are there.</summary>
    /// <param name="folder">The output folder.</param>
    /// <param name="places">The pictures in order; those without a phrases.json are left out.</param>
    /// <param name="style">How masks lie over the pictures.</param>
    /// <param name="stop">Stops between two pictures.</param>
    /// <returns>The files written.</returns>
    public static IReadOnlyList<string> Write(string folder, IEnumerable<PicturePlace> places, FigureStyle style, CancellationToken stop)
    {
        var written = new List<string>();
        var cells = places
            .Where(place => File.Exists(PhrasesOf(place)))
            .Select(place => Cell(place, style, stop))
            .OfType<(Picture, string)>();
        foreach (var sheet in cells.Chunk(ContactSheet.Most))
        {
            var path = Path.Combine(folder, written.Count == 0 ? $"{Name}.png" : $"{Name}-{written.Count + 1}.png");
            var png = ContactSheet.Render(sheet).EncodePng();
            AtomicFile.Write(path, file => file.Write(png));
            written.Add(path);
        }
        return written;
    }

    /// <summary>What a picture's own files say of it.</summary>
    public static string PhrasesOf(PicturePlace place) => Path.Combine(place.Folder, "phrases.json");

    /// <summary>A picture that went away meanwhile has no cell.</summary>
    private static (Picture, string)? Cell(PicturePlace place, FigureStyle style, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        try
        {
            var grounding = GroundingDocument.Parse(PlainText.Read(PhrasesOf(place))).ToGrounding(Picture.Load(place.Source));
            return (ContactSheet.Thumbnail(OverlayRenderer.RenderPicture(grounding, style, numbers: 2)), Path.GetFileName(place.Source));
        }
        catch (Exception e) when (e is InputException or ArgumentException)
        {
            return null;
        }
    }
}
