using System.Globalization;
using System.Text;
using Groundling.Core;

namespace Groundling.Export;

/// <summary>
/// Ultralytics' segmentation format: data.yaml, images/NAME, and labels/NAME.txt with a line a phrase: class x1 y1 x2 y2 ...
/// </summary>
/// <remarks>
/// Coordinates are shares of the picture's sides. A line is one polygon: holes and pieces are joined by cuts of no width. Pictures are
/// copied, as the tool looks for labels beside them.
/// </remarks>
internal sealed class YoloSegments(string folder) : IExportFormat
{
    public string Result { get; } = Path.Combine(folder, "data.yaml");

    public void Add(SortedPicture picture)
    {
        var lines = new StringBuilder();
        foreach (var phrase in picture.EachPhrase())
        {
            lines.Append(CultureInfo.InvariantCulture, $"{phrase.Category.Number}");
            foreach (var corner in JoinedOutline.Of(phrase.Mask.ToPolygons()))
                lines.Append(
                    CultureInfo.InvariantCulture,
                    $" {(double)corner.X / picture.Width:0.######} {(double)corner.Y / picture.Height:0.######}"
                );
            lines.Append('\n');
        }
        FolderWriter.Write(Path.Combine(folder, "labels"), [($"{picture.Picture.Name}.txt", Encoding.UTF8.GetBytes(lines.ToString()))]);
        if (picture.Picture.Path is not { } source)
            return;
        OutputPlace.Make(Path.Combine(folder, "images"));
        AtomicFile.Copy(source, Path.Combine(folder, "images", picture.Picture.Name + Path.GetExtension(source)));
    }

    public void Finish(IReadOnlyList<Category> categories)
    {
        var yaml = new StringBuilder("train: images\nval: images # put pictures aside for it\nnames:\n");
        foreach (var category in categories)
            yaml.Append(CultureInfo.InvariantCulture, $"  {category.Number}: {Quoted(category.Name)}\n");
        FolderWriter.Write(folder, [("data.yaml", Encoding.UTF8.GetBytes(yaml.ToString()))]);
    }

    public void Dispose() { }

    private static string Quoted(string name) => $"'{PlainText.InOneLine(name).Replace("'", "''", StringComparison.Ordinal)}'";
}
