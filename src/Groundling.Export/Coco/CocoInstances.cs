namespace Groundling.Export.Coco;

/// <summary>COCO's object detection format: instances.json, an annotation a phrase. Masks may overlap.</summary>
/// <remarks>Crowds are run lengths in either form, as COCO has it.</remarks>
internal sealed class CocoInstances(string folder, bool polygons) : IExportFormat
{
    private readonly CocoFile _file = new(folder, "instances.json");
    private long _lastId;

    public string Result => _file.Path;

    public void Add(SortedPicture picture)
    {
        int image = _file.Add(picture);
        foreach (var phrase in picture.EachPhrase())
        {
            var mask = phrase.Mask;
            _file.Annotations.Add(
                new CocoInstance(
                    ++_lastId,
                    image,
                    CocoFile.IdOf(phrase.Category),
                    polygons && !phrase.IsCrowd ? new(null, mask.ToPolygons()) : new(mask, []),
                    mask.Area,
                    CocoFile.Coordinates(mask.Box),
                    phrase.IsCrowd ? 1 : 0,
                    phrase.Score,
                    phrase.ToRecord()
                ),
                ExportJsonContext.Plain.CocoInstance
            );
        }
    }

    public void Finish(IReadOnlyList<Category> categories) => _file.Finish(categories);

    public void Dispose() => _file.Dispose();
}
