using System.Xml;
using System.Xml.Linq;
using Groundling.Export;
using Groundling.Export.LabelStudio;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web.LabelStudio;

/// <summary>
/// What a project's labelling configuration says: where the picture and the caption are, and which labels regions may have.
/// </summary>
internal sealed class LabellingConfig
{
    private static readonly string[] UsualCaptions = ["caption", "prompt", "text"];
    private readonly CategoryTable _labels;

    private LabellingConfig(XElement control, XElement image, RegionShape shape, IEnumerable<string> captions)
    {
        Shape = shape;
        (Control, Image) = (Name(control), Name(image));
        PictureField = Field(image) ?? throw Fault("its Image has no value such as \"$image\"");
        CaptionFields = [.. captions.Concat(UsualCaptions).Distinct()];
        var labels = control
            .Elements("Label")
            .Select(label => (Value: (string?)label.Attribute("value") ?? "", Alias: (string?)label.Attribute("alias") ?? ""))
            .Where(label => label.Value.Length > 0)
            // The front end stores and finds a label by its alias where it has one.
            .Select(label => label.Alias.Length > 0 ? (label.Alias, Words: new[] { label.Value }) : (label.Value, Words: []))
            .ToList();
        if (labels.Count == 0)
            throw Fault($"its {control.Name.LocalName} has no Label");
        _labels = CategoryTable.OfLabels(labels.Select(label => (label.Item1, (IReadOnlyList<string>)label.Words)));
    }

    /// <summary>What regions are made: of the first BrushLabels or PolygonLabels.</summary>
    public RegionShape Shape { get; }

    /// <summary>That control's name.</summary>
    public string Control { get; }

    /// <summary>The name of the Image that it is for.</summary>
    public string Image { get; }

    /// <summary>The field of a task's data with the picture's address.</summary>
    public string PictureField { get; }

    /// <summary>The fields that may hold the caption: those of Text, then the usual names.</summary>
    public IReadOnlyList<string> CaptionFields { get; }

    /// <summary>
    /// A phrase's label, as the configuration writes it; null where it has none for it. A single label is for every phrase.
    /// </summary>
    public string? LabelOf(string phrase) =>
        _labels.All.Count == 1 ? _labels.All[0].Name
        : _labels.TryFind(phrase, out var label) ? label.Name
        : null;

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="RequestException">It is no XML, or has no BrushLabels or PolygonLabels for an Image.</exception>
    public static LabellingConfig Parse(string? xml)
    {
        var root = Load(xml);
        var images = root.Descendants("Image").Where(image => image.Attribute("name") is not null).DistinctBy(Name).ToDictionary(Name);
        foreach (var control in root.Descendants())
        {
            RegionShape? shape = control.Name.LocalName switch
            {
                "BrushLabels" => RegionShape.Brush,
                "PolygonLabels" => RegionShape.Polygon,
                _ => null,
            };
            var targets = ((string?)control.Attribute("toName") ?? "").Split(',', StringSplitOptions.TrimEntries);
            if (shape is { } found && control.Attribute("name") is not null && Array.Find(targets, images.ContainsKey) is { } target)
                return new(control, images[target], found, root.Descendants("Text").Select(Field).OfType<string>());
        }
        throw Fault("it has no BrushLabels or PolygonLabels with the name of an Image as toName");
    }

    private static XElement Load(string? xml)
    {
        if (string.IsNullOrWhiteSpace(xml))
            throw Fault("it is empty");
        try
        {
            // No entities, nothing from elsewhere.
            using var reader = XmlReader.Create(
                new StringReader(xml),
                new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null }
            );
            return XElement.Load(reader);
        }
        catch (XmlException e)
        {
            throw Fault($"it is no XML (line {e.LineNumber}, column {e.LinePosition})");
        }
    }

    private static string Name(XElement element) => (string)element.Attribute("name")!;

    /// <summary>"image" of value="$image".</summary>
    private static string? Field(XElement element) => (string?)element.Attribute("value") is ['$', .. { Length: > 0 } field] ? field : null;

    private static RequestException Fault(string what) =>
        new(
            StatusCodes.Status400BadRequest,
            $"the labelling configuration cannot be used: {what}; the service's documentation has one that can",
            "label_config"
        );
}
