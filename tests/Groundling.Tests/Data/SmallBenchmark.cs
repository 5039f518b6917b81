using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Tests.Data;

/// <summary>A benchmark of one good 6 x 4 picture with sky and man, to spoil one thing at a time.</summary>
internal sealed class SmallBenchmark : IDisposable
{
    public const string Narratives = "annotations/png_coco_val2017.json",
        Panoptic = "annotations/panoptic_val2017.json";
    public const string Map = "annotations/panoptic_segmentation/val2017/000000000042.png",
        PictureName = "images/val2017/000000000042.jpg";

    private readonly TemporaryFolder _folder = new();

    public SmallBenchmark()
    {
        foreach (var name in (string[])["annotations/panoptic_segmentation/val2017", "images/val2017"])
            Directory.CreateDirectory(_folder.File(name));
        _folder.Write(PictureName, new Picture(6, 4, new byte[72]).EncodePng());
        _folder.Write(Map, PanopticPng.Encode([5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 0, 0, 300, 300, 0, 0, 0, 0, 300, 300, 0, 0], 6, 4));
        _folder.Write(
            Panoptic,
            """
            {"images": [{"id": 42, "file_name": "000000000042.jpg", "width": 6, "height": 4}],
             "annotations": [{"image_id": 42, "file_name": "000000000042.png", "segments_info": [
                {"id": 5, "category_id": 187, "area": 12, "bbox": [0, 0, 6, 2], "iscrowd": 0},
                {"id": 300, "category_id": 1, "area": 4, "bbox": [2, 2, 2, 2], "iscrowd": 0}]}],
             "categories": [
                {"id": 1, "name": "person", "supercategory": "person", "isthing": 1},
                {"id": 187, "name": "sky-other-merged", "supercategory": "sky", "isthing": 0}]}
            """
        );
        _folder.Write(
            Narratives,
            """
            [{"image_id": "42", "annotator_id": 1, "caption": "The sky over a man", "segments": [
                {"utterance": "the sky", "segment_ids": ["5"], "plural": false, "noun": true},
                {"utterance": "over", "segment_ids": [], "plural": false, "noun": false},
                {"utterance": "a man", "segment_ids": ["300"], "plural": false, "noun": true}]}]
            """
        );
    }

    public string Path => _folder.Path;

    public string File(string name) => _folder.File(name);

    public byte[] Bytes(string name) => System.IO.File.ReadAllBytes(File(name));

    public void Write(string name, byte[] bytes) => _folder.Write(name, bytes);

    public void Write(string name, string text) => _folder.Write(name, text);

    /// <summary>Replaces a text that must be there.</summary>
    public SmallBenchmark With(string name, string old, string replacement)
    {
        var text = System.IO.File.ReadAllText(File(name));
        Assert.Contains(old, text);
        Write(name, text.Replace(old, replacement));
        return this;
    }

    public PngBenchmark Open() => PngBenchmark.Open(Path, "val");

    public (List<BenchmarkExample> Examples, BenchmarkFaults Faults) Read()
    {
        var faults = new BenchmarkFaults();
        return (Open().Read(faults).ToList(), faults);
    }

    public void Dispose() => _folder.Dispose();
}
