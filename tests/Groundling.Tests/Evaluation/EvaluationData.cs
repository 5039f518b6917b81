using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Scenes;
using Groundling.Tests.Data;

namespace Groundling.Tests.Evaluation;

/// <summary>Small benchmarks in a folder of their own.</summary>
internal static class EvaluationData
{
    /// <summary>Generated scenes.</summary>
    public static string Scenes(TemporaryFolder folder, int count = 5)
    {
        var data = folder.File("scenes");
        SceneWriter.Write(data, SceneSplit.Val, count, seed: 3, size: 128, degreeOfParallelism: 1);
        return data;
    }

    /// <summary>
    /// A picture of 8 x 4: the left quarter sky (8 pixels), beside it a person of 4 and one of 2 pixels, the rest void. Narrative 0 is
    /// without words; narrative 1 names "sky" (singular, stuff), a phrase that is not in the caption, one whose segment is not there,
    /// and "people" (both persons). Narrative 2 is of a picture that is not there.
    /// </summary>
    public static string ByHand(TemporaryFolder folder)
    {
        var data = folder.File("by-hand");
        foreach (var name in (string[])["annotations/panoptic_segmentation/val2017", "images/val2017"])
            Directory.CreateDirectory(Path.Combine(data, name));
        void Write(string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(data, name), bytes);
        int[] ids = [5, 5, 1, 1, 0, 0, 0, 0, 5, 5, 1, 1, 0, 0, 0, 0, 5, 5, 2, 2, 0, 0, 0, 0, 5, 5, 0, 0, 0, 0, 0, 0];
        Write("images/val2017/000000000042.jpg", new Picture(8, 4, new byte[8 * 4 * 3]).EncodePng());
        Write("annotations/panoptic_segmentation/val2017/000000000042.png", PanopticPng.Encode(ids, 8, 4));
        Write(
            "annotations/panoptic_val2017.json",
            """
            {"annotations": [{"image_id": 42, "file_name": "000000000042.png", "segments_info": [
                {"id": 5, "category_id": 187, "area": 8, "bbox": [0, 0, 2, 4], "iscrowd": 0},
                {"id": 1, "category_id": 1, "area": 4, "bbox": [2, 0, 2, 2], "iscrowd": 0},
                {"id": 2, "category_id": 1, "area": 3, "bbox": [2, 2, 2, 1], "iscrowd": 0}]}],
             "categories": [
                {"id": 1, "name": "person", "supercategory": "person", "isthing": 1},
                {"id": 187, "name": "sky-other-merged", "supercategory": "sky", "isthing": 0}]}
            """u8.ToArray()
        );
        Write(
            "annotations/png_coco_val2017.json",
            """
            [{"image_id": "42", "annotator_id": 1, "caption": " ", "segments": []},
             {"image_id": "42", "annotator_id": 2, "caption": "the sky, \"a dog\" & <people>", "segments": [
                {"utterance": "the sky", "segment_ids": ["5"], "plural": false, "noun": true},
                {"utterance": "a cat", "segment_ids": ["1"], "plural": false, "noun": true},
                {"utterance": ", \"", "segment_ids": [], "plural": false, "noun": false},
                {"utterance": "a dog", "segment_ids": ["77"], "plural": false, "noun": true},
                {"utterance": "<people>", "segment_ids": ["1", "2"], "plural": true, "noun": true}]},
             {"image_id": "43", "annotator_id": 1, "caption": "a dog", "segments": [{"utterance": "a dog", "segment_ids": ["1"], "plural": false, "noun": true}]}]
            """u8.ToArray()
        );
        return data;
    }
}
