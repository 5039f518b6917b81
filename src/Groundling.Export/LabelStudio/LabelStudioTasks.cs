using System.Text;
using System.Xml.Linq;
using Groundling.Core;
using Groundling.Data;

namespace Groundling.Export.LabelStudio;

/// <summary>
/// Label Studio's tasks with predictions: tasks.json to import, and labels.xml, the labelling configuration that it fits.
/// </summary>
internal sealed class LabelStudioTasks(string folder, string pictureAddress, RegionShape shape) : IExportFormat
{
    private const string Control = "labels",
        Picture = "image",
        Caption = "caption",
        Nobody = "groundling";

    private readonly RecordSpool _tasks = new(folder);

    public string Result { get; } = Path.Combine(folder, "tasks.json");

    public void Add(SortedPicture picture)
    {
        var address = pictureAddress + string.Join('/', picture.Picture.FileName.Split('/').Select(Uri.EscapeDataString));
        var prediction = LabelStudioPrediction.Of(
            picture.Picture.Document.MadeBy?.Model ?? Nobody,
            picture.EachPhrase().Select(phrase => (phrase.Grounded, phrase.Category.Name)),
            shape,
            Control,
            Picture
        );
        _tasks.Add(new LabelStudioTask(new(address, picture.Caption), [prediction]), ExportJsonContext.Plain.LabelStudioTask);
    }

    public void Finish(IReadOnlyList<Category> categories)
    {
        AtomicFile.Write(
            Result,
            file =>
            {
                file.Write("["u8);
                _tasks.CopyTo(file);
                file.Write("]\n"u8);
            }
        );
        var labels = Encoding.UTF8.GetBytes($"{Configuration(categories)}\n");
        FolderWriter.Write(folder, [("labels.xml", labels)]);
    }

    public void Dispose() => _tasks.Dispose();

    private XElement Configuration(IReadOnlyList<Category> categories) =>
        new(
            "View",
            new XElement("Image", new XAttribute("name", Picture), new XAttribute("value", $"${Picture}"), new XAttribute("zoom", "true")),
            new XElement("Text", new XAttribute("name", Caption), new XAttribute("value", $"${Caption}")),
            new XElement(
                shape == RegionShape.Brush ? "BrushLabels" : "PolygonLabels",
                new XAttribute("name", Control),
                new XAttribute("toName", Picture),
                categories
                    .Zip(PhrasePalette.Take(categories.Count))
                    .Select(item => new XElement(
                        "Label",
                        new XAttribute("value", item.First.Name),
                        new XAttribute("background", $"#{item.Second.R:x2}{item.Second.G:x2}{item.Second.B:x2}")
                    ))
            )
        );
}

internal sealed record LabelStudioTask(LabelStudioData Data, IReadOnlyList<LabelStudioPrediction> Predictions);

internal sealed record LabelStudioData(string Image, string Caption);
