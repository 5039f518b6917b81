using System.Drawing;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;
using Groundling.Core;

namespace Groundling.Export.Cvat;

/// <summary>CVAT for images 1.1: annotations.xml, a mask or polygons for each phrase, and labels.json for the task's labels.</summary>
/// <remarks>
/// A mask's run lengths are those of its box, row by row, outside first. Polygons have no holes there: these are cut open; pieces of one
/// phrase share a group.
/// </remarks>
internal sealed class CvatImages(string folder, bool polygons) : IExportFormat
{
    private static readonly XmlWriterSettings Style = new()
    {
        ConformanceLevel = ConformanceLevel.Fragment,
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = true,
        NewLineChars = "\n",
        CloseOutput = false,
    };

    private readonly RecordSpool _images = new(folder);
    private int _count;

    public string Result { get; } = Path.Combine(folder, "annotations.xml");

    public void Add(SortedPicture picture)
    {
        using (var xml = XmlWriter.Create(_images.Stream, Style))
        {
            xml.WriteStartElement("image");
            xml.WriteAttributeString("id", Text(picture.Number));
            xml.WriteAttributeString("name", XmlText.CleanName(picture.Picture.FileName));
            xml.WriteAttributeString("width", Text(picture.Width));
            xml.WriteAttributeString("height", Text(picture.Height));
            foreach (var (place, phrase) in picture.EachPhrase().Index())
                Write(xml, phrase, place + 1);
            xml.WriteEndElement();
        }
        _images.Stream.Write("\n"u8);
        _count++;
    }

    public void Finish(IReadOnlyList<Category> categories)
    {
        AtomicFile.Write(
            Result,
            file =>
            {
                file.Write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n"u8);
                using (var xml = XmlWriter.Create(file, Style))
                    WriteHead(xml, categories);
                file.Write("\n"u8);
                _images.CopyTo(file);
                file.Write("</annotations>\n"u8);
            }
        );
        var labels = categories.Select(category => new CvatLabel(category.Name, CvatLabel.PhraseAttributes));
        FolderWriter.Write(
            folder,
            [("labels.json", JsonSerializer.SerializeToUtf8Bytes(labels, ExportJsonContext.Plain.IEnumerableCvatLabel))]
        );
    }

    public void Dispose() => _images.Dispose();

    private void WriteHead(XmlWriter xml, IReadOnlyList<Category> categories)
    {
        xml.WriteElementString("version", "1.1");
        xml.WriteStartElement("meta");
        xml.WriteStartElement("task");
        xml.WriteElementString("size", Text(_count));
        xml.WriteElementString("mode", "annotation");
        xml.WriteStartElement("labels");
        foreach (var category in categories)
        {
            xml.WriteStartElement("label");
            xml.WriteElementString("name", category.Name);
            xml.WriteStartElement("attributes");
            foreach (var attribute in CvatLabel.PhraseAttributes)
            {
                xml.WriteStartElement("attribute");
                xml.WriteElementString("name", attribute.Name);
                xml.WriteElementString("mutable", "False");
                xml.WriteElementString("input_type", attribute.InputType);
                xml.WriteElementString("default_value", "");
                xml.WriteElementString("values", "");
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private void Write(XmlWriter xml, SortedPhrase phrase, int group)
    {
        if (!polygons)
        {
            var box = phrase.Mask.Box;
            Begin(xml, "mask", phrase);
            xml.WriteAttributeString("rle", BoxRuns.Format(phrase.Mask));
            xml.WriteAttributeString("left", Text(box.X));
            xml.WriteAttributeString("top", Text(box.Y));
            xml.WriteAttributeString("width", Text(box.Width));
            xml.WriteAttributeString("height", Text(box.Height));
            End(xml, phrase);
            return;
        }
        var pieces = phrase.Mask.ToPolygons();
        foreach (var piece in pieces)
        {
            Begin(xml, "polygon", phrase);
            xml.WriteAttributeString("points", string.Join(';', JoinedOutline.Of(piece).Select(Pair)));
            if (pieces.Count > 1)
                xml.WriteAttributeString("group_id", Text(group));
            End(xml, phrase);
        }
    }

    private static void Begin(XmlWriter xml, string element, SortedPhrase phrase)
    {
        xml.WriteStartElement(element);
        xml.WriteAttributeString("label", phrase.Category.Name);
        xml.WriteAttributeString("source", "auto");
        xml.WriteAttributeString("occluded", "0");
    }

    private static void End(XmlWriter xml, SortedPhrase phrase)
    {
        xml.WriteAttributeString("z_order", "0");
        var record = phrase.ToRecord();
        string[] values = [record.Phrase, Text(record.Start), Text(record.End), record.Score.ToString(CultureInfo.InvariantCulture)];
        foreach (var (attribute, value) in CvatLabel.PhraseAttributes.Zip(values))
        {
            xml.WriteStartElement("attribute");
            xml.WriteAttributeString("name", attribute.Name);
            xml.WriteString(XmlText.Clean(value));
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static string Pair(Point corner) => string.Create(CultureInfo.InvariantCulture, $"{corner.X}.00,{corner.Y}.00");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
