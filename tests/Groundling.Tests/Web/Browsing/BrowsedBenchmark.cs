using System.Text.Json;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;

namespace Groundling.Tests.Web.Browsing;

/// <summary>
/// Three pictures of 10 x 10 pixels, drawn by hand. 1: "a red dog on the grass", a dog of row 0 (10 %) above grass of rows 5 to 9 (50 %).
/// 2: "two dogs", of half of row 0 each. 3: "The sky over a woman", sky of rows 0 to 3 (40 %) and a woman of one pixel (1 %).
/// </summary>
internal sealed class BrowsedBenchmark : IDisposable
{
    public const int Side = 10;
    private const string Maps = "annotations/panoptic_segmentation/val2017";
    private readonly TemporaryFolder _folder = new();

    public BrowsedBenchmark()
    {
        Picture(
            1,
            shift: 0,
            row =>
                row == 0 ? (1, 1)
                : row >= 5 ? (2, 2)
                : (0, 0)
        );
        Picture(2, shift: 40, row => row == 0 ? (1, 2) : (0, 0));
        Picture(3, shift: 80, row => row < 4 ? (1, 1) : (0, 0), ids => ids[^1] = 2);
        _folder.Write(
            "data/annotations/panoptic_val2017.json",
            $$"""
            {"images": [{{string.Join(
                ", ",
                Enumerable.Range(1, 3).Select(id => $$"""{"id": {{id}}, "file_name": "{{Name(id)}}", "width": 10, "height": 10}""")
            )}}],
             "annotations": [
                {"image_id": 1, "file_name": "{{Name(1)}}", "segments_info": [{{Segment(1, 18, 10)}}, {{Segment(2, 193, 50)}}]},
                {"image_id": 2, "file_name": "{{Name(2)}}", "segments_info": [{{Segment(1, 18, 5)}}, {{Segment(2, 18, 5)}}]},
                {"image_id": 3, "file_name": "{{Name(3)}}", "segments_info": [{{Segment(1, 187, 40)}}, {{Segment(2, 1, 1)}}]}],
             "categories": [
                {"id": 1, "name": "person", "supercategory": "person", "isthing": 1},
                {"id": 18, "name": "dog", "supercategory": "animal", "isthing": 1},
                {"id": 187, "name": "sky-other-merged", "supercategory": "sky", "isthing": 0},
                {"id": 193, "name": "grass-merged", "supercategory": "plant", "isthing": 0}]}
            """
        );
        _folder.Write(
            "data/annotations/png_coco_val2017.json",
            """
            [{"image_id": "1", "annotator_id": 1, "caption": "a red dog on the grass", "segments": [
                {"utterance": "a red dog", "segment_ids": ["1"], "plural": false, "noun": true},
                {"utterance": "on", "segment_ids": [], "plural": false, "noun": false},
                {"utterance": "the grass", "segment_ids": ["2"], "plural": false, "noun": true}]},
             {"image_id": "2", "annotator_id": 1, "caption": "two dogs", "segments": [
                {"utterance": "two dogs", "segment_ids": ["1", "2"], "plural": true, "noun": true}]},
             {"image_id": "3", "annotator_id": 1, "caption": "The sky over a woman", "segments": [
                {"utterance": "the sky", "segment_ids": ["1"], "plural": false, "noun": true},
                {"utterance": "over", "segment_ids": [], "plural": false, "noun": false},
                {"utterance": "a woman", "segment_ids": ["2"], "plural": false, "noun": true}]}]
            """
        );
    }

    /// <summary>The data.</summary>
    public string Path => _folder.File("data");

    /// <summary>The file of a picture or, in another folder, of its panoptic PNG.</summary>
    public static string Name(int id) => $"{id:D12}.png";

    public string File(string name) => _folder.File(name);

    public void Write(string name, byte[] bytes) => _folder.Write(name, bytes);

    /// <summary>An evaluation of masks that are whole rows: of the phrases in the file's order, how many from the top each has.</summary>
    public string Report(string name, params int[] rows)
    {
        (string Image, int Narrative, int Phrase)[] phrases = [("1", 0, 0), ("1", 0, 1), ("2", 1, 0), ("3", 2, 0), ("3", 2, 1)];
        var lines = phrases
            .Zip(rows, (of, count) => (of, Mask: Rows(count)))
            .Select(line =>
                JsonSerializer.Serialize(
                    new
                    {
                        image_id = line.of.Image,
                        narrative = line.of.Narrative,
                        phrase = line.of.Phrase,
                        segmentation = line.Mask,
                    }
                )
            );
        var file = _folder.Write($"{name}.jsonl", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        CommandRun.Of("score", file, Path, "--out", _folder.File(name), "--quiet").Works();
        return _folder.File(name);
    }

    /// <summary>A mask of the first rows.</summary>
    public static RunLengthMask Rows(int count) =>
        RunLengthMask.FromBytes([.. Enumerable.Range(0, Side * Side).Select(at => (byte)(at / Side < count ? 1 : 0))], Side, Side);

    public void Dispose() => _folder.Dispose();

    private static string Segment(int id, int category, int area) =>
        $$"""{"id": {{id}}, "category_id": {{category}}, "area": {{area}}, "bbox": [0, 0, 10, 10], "iscrowd": 0}""";

    private void Picture(int id, int shift, Func<int, (int Left, int Right)> row, Action<int[]>? then = null)
    {
        var ids = new int[Side * Side];
        for (int at = 0; at < ids.Length; at++)
            ids[at] = at % Side < Side / 2 ? row(at / Side).Left : row(at / Side).Right;
        then?.Invoke(ids);
        _folder.Write($"data/images/val2017/{Name(id)}", TinyModel.Gradient(Side, Side, shift).EncodePng());
        _folder.Write($"data/{Maps}/{Name(id)}", PanopticPng.Encode(ids, Side, Side));
    }
}
