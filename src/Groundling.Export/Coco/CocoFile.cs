using System.Text.Json;
using Groundling.Core;

namespace Groundling.Export.Coco;

/// <summary>A file of COCO: images, annotations and categories.</summary>
internal sealed class CocoFile(string folder, string name) : IDisposable
{
    private readonly RecordSpool _images = new(folder),
        _annotations = new(folder);

    public RecordSpool Annotations => _annotations;

    /// <summary>An image of the file; its id is its number plus 1.</summary>
    /// <returns>The id.</returns>
    public int Add(SortedPicture picture)
    {
        var image = new CocoImage(picture.Number + 1, picture.Picture.FileName, picture.Width, picture.Height, picture.Caption);
        _images.Add(image, ExportJsonContext.Plain.CocoImage);
        return image.Id;
    }

    public static int IdOf(Category category) => category.Number + 1;

    public static int[] Coordinates(Box box) => [box.X, box.Y, box.Width, box.Height];

    public string Path { get; } = System.IO.Path.Combine(folder, name);

    public void Finish(IReadOnlyList<Category> categories)
    {
        var records = categories.Select(category => new CocoCategory(
            IdOf(category),
            category.Name,
            category.IsThing ? "thing" : "stuff",
            category.IsThing ? 1 : 0
        ));
        AtomicFile.Write(
            Path,
            file =>
            {
                file.Write("{\"info\":{},\"images\":["u8); // which pycocotools asks of a file of ground truth
                _images.CopyTo(file);
                file.Write("],\n\"annotations\":["u8);
                _annotations.CopyTo(file);
                file.Write("],\n\"categories\":"u8);
                JsonSerializer.Serialize(file, records, ExportJsonContext.Plain.IEnumerableCocoCategory);
                file.Write("}\n"u8);
            }
        );
    }

    public void Dispose()
    {
        _images.Dispose();
        _annotations.Dispose();
    }
}
