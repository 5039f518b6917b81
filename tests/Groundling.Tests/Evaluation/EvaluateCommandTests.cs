using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Evaluation;
using Groundling.Scenes;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;
using Groundling.Training;
using static TorchSharp.torch;

namespace Groundling.Tests.Evaluation;

/// <summary>groundling evaluate and score.</summary>
public sealed class EvaluateCommandTests(TinyModel tiny) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_not_there_is_asked_for_by_the_score_of_a_model_that_has_not_learnt_presence()
    {
        var data = EvaluationData.Scenes(_folder, count: 8);
        string[] asked = ["evaluate", data, "--model", tiny.Path, "--size", "64", "--absent", "--out", Out("absent")];
        var run = CommandRun.Of(asked).Works();
        Assert.Contains("another colour", run.Output);
        var report = ReportOf("absent");
        var absent = report["absent"]!;
        Assert.Equal("score", (string?)absent["measure"]);
        Assert.Equal((int?)report["counts"]!["phrases"], (int?)absent["present"]);
        Assert.True((int)absent["nouns"]!["phrases"]! is > 0 and <= 8);
        Assert.InRange((double)absent["nouns"]!["auc"]!, 0, 1);
        CommandRun.Of("evaluate", data, "--baseline", "whole-image", "--absent", "--out", Out("none")).Refuses("--absent");
    }

    [Fact]
    public void A_frozen_model_is_asked_which_nouns_and_colours_it_knows()
    {
        var data = _folder.File("closeups");
        SceneWriter.Write(data, SceneSplit.CloseUpsVal, 8, seed: 2, size: 128, degreeOfParallelism: 1);
        string[] asked = ["evaluate", data, "--split", "closeups-val", "--model", tiny.Path, "--size", "64", "--words"];
        Assert.Contains("colours known: ", CommandRun.Of([.. asked, "--out", Out("words")]).Works().Output);
        var benchmark = PngBenchmark.Open(data, "closeups-val");
        var examples = benchmark.Read(new()).ToList();
        var diffusion = tiny.Pipeline.Diffusion;
        var classifier = new DiffusionClassifier(diffusion.Schedule, diffusion.Prediction, diffusion.Tokenizer, diffusion.Text);
        var figures = ReportOf("words")["words"]!.AsArray();
        Assert.Equal(["nouns", "colours"], figures.Select(kind => (string)kind!["kind"]!));
        string[] things = [.. benchmark.Categories.Values.Where(category => category.IsThing).Select(category => category.Name)];
        foreach (var (kind, words) in figures.Zip(new[] { things, [.. AbsentPhrases.Colours] }))
        {
            var questions = WordQuestion.From(examples, benchmark.Categories, words, 96);
            Assert.True(questions.Count is > 0 and < 8);
            Assert.Equal((words.Length, questions.Count), ((int)kind!["choices"]!, (int)kind["questions"]!));
            Assert.Equal(classifier.Accuracy(diffusion.UNet, questions, LatentsOf, default), (double)kind["right"]!);
        }
        CommandRun.Of("evaluate", data, "--baseline", "whole-image", "--words", "--out", Out("none")).Refuses("--words");

        Tensor LatentsOf(int row)
        {
            using var encoded = tiny.Pipeline.Encode(examples[row].LoadPicture(), new() { Size = 64 });
            return encoded.Latents.clone();
        }
    }

    [Theory]
    [InlineData("original")]
    [InlineData("ppmn")]
    public void An_interrupted_run_ends_with_the_same_numbers(string protocol)
    {
        var data = EvaluationData.Scenes(_folder);
        string[] common =
        [
            "evaluate",
            data,
            "--model",
            tiny.Path,
            "--size",
            "64",
            "--threshold",
            "0.08",
            "--protocol",
            protocol,
            "--quiet",
        ];
        (CommandRun.Of([.. common, "--out", Out("whole"), "--predictions", Out("whole.jsonl")])).Works();
        Assert.Equal(
            ["journal.jsonl", "per_phrase.csv", "report.html", "report.json", "run.json"],
            Directory.GetFiles(Out("whole")).Select(Path.GetFileName).Order()
        );

        // As Ctrl-C or a crash may leave it: two narratives done, the third line cut within a letter.
        var journal = File.ReadAllBytes(Path.Combine(Out("whole"), "journal.jsonl"));
        var lines = Encoding.UTF8.GetString(journal).Split('\n');
        Assert.Equal(7, lines.Length); // settings, five narratives, nothing behind the last feed
        var part = Encoding.UTF8.GetBytes(string.Join('\n', lines[..3]) + "\n" + lines[3][..(lines[3].Length / 2)]);
        Directory.CreateDirectory(Out("part"));
        File.WriteAllBytes(Path.Combine(Out("part"), "journal.jsonl"), part);
        (CommandRun.Of([.. common, "--out", Out("part"), "--predictions", Out("part.jsonl"), "--resume"])).Works();
        foreach (var file in (string[])["per_phrase.csv", "journal.jsonl"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(Out("whole"), file)), File.ReadAllBytes(Path.Combine(Out("part"), file)));
        // Where and when they were made is all that differs.
        var (whole, parted) = (ReportOf("whole"), ReportOf("part"));
        Assert.True(whole.Remove("run") && parted.Remove("run"));
        Assert.Equal(whole.ToJsonString(), parted.ToJsonString());
        Assert.Equal(PageOf("whole"), PageOf("part"));
        Assert.Equal(File.ReadAllBytes(Out("whole.jsonl")), File.ReadAllBytes(Out("part.jsonl")));

        // Scoring the predictions that it wrote gives the same figures.
        var score = (
            CommandRun.Of(
                "score",
                Out("whole.jsonl"),
                data,
                "--protocol",
                protocol,
                "--size",
                "64",
                "--json",
                "--quiet",
                "--out",
                Out("score")
            )
        ).Works();
        using var scored = JsonDocument.Parse(score.Output);
        using var evaluated = JsonDocument.Parse(File.ReadAllText(Path.Combine(Out("whole"), "report.json")));
        foreach (var name in (string[])["counts", "average_recall", "share_above_half", "mean_iou", "categories", "faults"])
            Assert.Equal(evaluated.RootElement.GetProperty(name).GetRawText(), scored.RootElement.GetProperty(name).GetRawText());
        Assert.True(evaluated.RootElement.GetProperty("mean_iou").GetProperty("overall").GetDouble() > 0.01);
        Assert.Equal(
            File.ReadAllText(Path.Combine(Out("whole"), "per_phrase.csv")),
            File.ReadAllText(Path.Combine(Out("score"), "per_phrase.csv"))
        );
    }

    [Fact]
    public void Other_settings_are_not_mixed()
    {
        var data = EvaluationData.ByHand(_folder);
        string[] common = ["evaluate", data, "--out", Out("e"), "--quiet"];
        (CommandRun.Of([.. common, "--baseline", "random"])).Works();
        var report = File.ReadAllText(Out("e/report.json"));
        (CommandRun.Of([.. common, "--baseline", "random"])).RefusesInOneLine("journal.jsonl", "--resume");
        (CommandRun.Of([.. common, "--baseline", "oracle", "--resume"])).RefusesInOneLine(
            "method random rectangles (seed 0)",
            "oracle at H/4"
        );
        (CommandRun.Of([.. common, "--baseline", "random", "--resume", "--threshold", "0.25"])).RefusesInOneLine("threshold 0.5", "0.25");
        (CommandRun.Of([.. common, "--baseline", "random", "--resume", "--limit", "1"])).RefusesInOneLine("limit none", "1");
        File.AppendAllText(Path.Combine(data, "annotations", "png_coco_val2017.json"), "\n");
        (CommandRun.Of([.. common, "--baseline", "random", "--resume"])).RefusesInOneLine("data by-hand of other content");
        Assert.Equal(report, File.ReadAllText(Out("e/report.json")));
    }

    [Fact]
    public void A_finished_run_is_finished()
    {
        string[] line = ["evaluate", EvaluationData.ByHand(_folder), "--baseline", "oracle-h8", "--out", Out("e"), "--quiet", "--resume"];
        (CommandRun.Of(line)).Works();
        var files = Directory.GetFiles(Out("e")).ToDictionary(f => f, File.ReadAllBytes);
        (CommandRun.Of(line)).Works();
        Assert.All(files, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }

    [Fact]
    public void A_damaged_journal_is_named()
    {
        string[] line = ["evaluate", EvaluationData.ByHand(_folder), "--baseline", "random", "--out", Out("e"), "--quiet", "--resume"];
        (CommandRun.Of(line)).Works();
        var journal = Out("e/journal.jsonl");
        File.AppendAllText(journal, "{}\n");
        (CommandRun.Of(line)).RefusesInOneLine("journal.jsonl, line 3");
        File.WriteAllText(journal, "something else\n");
        (CommandRun.Of(line)).RefusesInOneLine("does not begin with the settings");
    }

    [Fact]
    public void Tables_and_warnings_are_printed()
    {
        var run = (CommandRun.Of("evaluate", EvaluationData.ByHand(_folder), "--baseline", "whole-image", "--out", Out("e"))).Works();
        Assert.Contains("average recall", run.Output);
        Assert.Contains("21.9", run.Output);
        Assert.Contains("warning: 1 captions are empty", run.Error);
    }

    [Fact]
    public void The_page_needs_nothing_else()
    {
        (CommandRun.Of("evaluate", EvaluationData.ByHand(_folder), "--baseline", "oracle", "--out", Out("e"), "--quiet")).Works();
        var page = File.ReadAllText(Out("e/report.html"));
        Assert.DoesNotContain("http:", page.Replace($"href=\"http://127.0.0.1:{BrowseAddress.Port}/picture/", ""));
        Assert.Contains("--split val --report .</code>, started in this report", page);
        Assert.DoesNotContain("https:", page);
        Assert.DoesNotContain("<script", page);
        Assert.Contains("&lt;people&gt;", page);
        Assert.DoesNotContain("<people>", page);
        Assert.Contains("prefers-color-scheme: dark", page);
        // Other people's figures are about COCO's narratives.
        Assert.DoesNotContain("XPNG", page);
        Assert.Contains("1,42,3,<people>,19,2,1,person,1,1,", File.ReadAllText(Out("e/per_phrase.csv")));
    }

    [Fact]
    public void Published_figures_stand_beside_COCOs_validation_narratives()
    {
        var results = NoisyMethod.Results(10, 1, 2);
        var report = EvaluationReport.From(NoisyMethod.Settings, results, new BenchmarkFaults(), new Dictionary<int, PanopticCategory>());
        string Page(bool isCoco) =>
            new HtmlReport(
                report with
                {
                    IsCocoValidation = isCoco,
                },
                results,
                new([], [], []),
                new Dictionary<int, GalleryFigure>()
            ).ToHtml();
        Assert.All(
            (string[])["PNG baseline", "EPNG", "PPMN", "DRMN", "PiGLET", "XPNG", "F-LMM"],
            method =>
            {
                Assert.Contains(method, Page(true));
                Assert.DoesNotContain(method, Page(false));
            }
        );
        Assert.All(
            (string[])["55.4", "49.7", "59.4", "62.9", "63.2", "63.3", "66.2", "66.5"],
            figure => Assert.Contains($"<td>{figure}</td>", Page(true))
        );
    }

    [Fact]
    public void Scoring_replaces_its_own_reports_and_no_evaluation()
    {
        var data = EvaluationData.ByHand(_folder);
        CommandRun.Of("evaluate", data, "--baseline", "oracle", "--out", Out("e"), "--predictions", Out("p.jsonl"), "--quiet").Works();
        var journal = File.ReadAllText(Out("e/journal.jsonl"));
        CommandRun.Of("score", Out("p.jsonl"), data, "--out", Out("e"), "--quiet").RefusesInOneLine("oracle at H/4", "--out");
        Assert.Equal(journal, File.ReadAllText(Out("e/journal.jsonl")));
        foreach (var groups in (string[])["png", "flmm"])
            CommandRun.Of("score", Out("p.jsonl"), data, "--out", Out("s"), "--groups", groups, "--quiet").Works();
    }

    [Fact]
    public void Missing_predictions_count_as_empty()
    {
        var data = EvaluationData.ByHand(_folder);
        var line = """{"image_id": "000042", "narrative": 1, "phrase": 0, "segmentation": {"size": [4, 8], "counts": "08h0"}}""";
        var run = (CommandRun.Of("score", _folder.Write("p.jsonl", line), data, "--json", "--quiet")).Works();
        Assert.Contains("1 of 2 phrases have no prediction", run.Error);
        using var report = JsonDocument.Parse(run.Output);
        Assert.Equal(0.5, report.RootElement.GetProperty("mean_iou").GetProperty("overall").GetDouble());
        Assert.Equal(1, report.RootElement.GetProperty("counts").GetProperty("missing").GetInt32());
    }

    [Fact]
    public void Counts_may_be_a_list_as_in_cocos_own_annotations()
    {
        var data = EvaluationData.ByHand(_folder);
        string Score(string counts) =>
            CommandRun
                .Of(
                    "score",
                    _folder.Write(
                        "p.jsonl",
                        $$$"""{"image_id": 42, "narrative": 1, "phrase": 0, "segmentation": {"size": [4, 8], "counts": {{{counts}}}}}"""
                    ),
                    data,
                    "--json",
                    "--quiet"
                )
                .Works()
                .Output;
        var runs = RunLengthMask.Parse("08h0", 8, 4).Counts.ToArray();
        Assert.Equal(Score("\"08h0\""), Score(JsonSerializer.Serialize(runs)));
        Assert.NotEqual(Score("\"08h0\""), Score("[32]"));
    }

    [Fact]
    public void Predictions_for_what_is_left_out_are_not_held_against_anyone()
    {
        var line = """{"image_id": "42", "narrative": 1, "phrase": 1, "segmentation": {"size": [4, 8], "counts": "08h0"}}""";
        var run = (CommandRun.Of("score", _folder.Write("p.jsonl", line), EvaluationData.ByHand(_folder), "--quiet")).Works();
        Assert.Contains("1 predictions are for phrases that are not judged", run.Error);
    }

    public static TheoryData<string, string> BadLines =>
        new()
        {
            { "not json", "not a line of JSON" },
            { "[]", "not a prediction" },
            {
                """{"image_id": "99999999999999999999", "narrative": 1, "phrase": 0, "segmentation": {"size": [4, 8], "counts": "08h0"}}""",
                "not a prediction"
            },
            { """{"image_id": "42", "narrative": 1}""", "not a prediction" },
            { """{"image_id": "42", "narrative": 9, "phrase": 0, "segmentation": {"size": [4, 8], "counts": "08h0"}}""", "no narrative 9" },
            {
                """{"image_id": "43", "narrative": 1, "phrase": 0, "segmentation": {"size": [4, 8], "counts": "08h0"}}""",
                "of image 42, not 43"
            },
            { """{"image_id": "42", "narrative": 1, "phrase": 4, "segmentation": {"size": [4, 8], "counts": "08h0"}}""", "no phrase 4" },
            { """{"image_id": "42", "narrative": 1, "phrase": -1, "segmentation": {"size": [4, 8], "counts": "08h0"}}""", "no phrase -1" },
            {
                """{"image_id": "42", "narrative": 1, "phrase": 3, "segmentation": {"size": [8, 8], "counts": "08h0"}}""",
                "covers 32 pixels"
            },
            { """{"image_id": "42", "narrative": 1, "phrase": 3, "segmentation": {"size": [0, 8], "counts": "08h0"}}""", "[0, 8]" },
            {
                """{"image_id": "42", "narrative": 1, "phrase": 3, "segmentation": {"size": [999999, 999999], "counts": "08h0"}}""",
                "[999999, 999999]"
            },
            {
                """{"image_id": "42", "narrative": 1, "phrase": 3, "segmentation": {"size": [4, 8], "counts": [8, 8]}}""",
                "covers 16 pixels"
            },
            {
                """{"image_id": "42", "narrative": 1, "phrase": 3, "segmentation": {"size": [4, 8], "counts": [40, -8]}}""",
                "not a prediction"
            },
            { """{"image_id": "42", "narrative": 1, "phrase": 3, "segmentation": [[0, 0, 4, 0, 4, 4]]}""", "list of polygons" },
            { """{"image_id": "42", "narrative": 1, "phrase": 3, "segmentation": {"size": [8], "counts": "08h0"}}""", "not a prediction" },
            {
                """{"image_id": "42", "narrative": 1, "phrase": 3, "segmentation": {"size": [8, 4], "counts": "08h0"}}""",
                "the picture's is [4, 8]"
            },
            {
                """{"image_id": "42", "narrative": 1, "phrase": 0, "segmentation": {"size": [4, 8], "counts": "08h0"}}""",
                "already has a mask in line 1"
            },
        };

    [Theory]
    [MemberData(nameof(BadLines))]
    public void Bad_lines_are_named(string line, string says)
    {
        var good = """{"image_id": 42, "narrative": 1, "phrase": 0, "segmentation": {"size": [4, 8], "counts": "08h0"}}""";
        (
            CommandRun.Of(
                "score",
                _folder.Write("p.jsonl", $"{good}\n\n{line}\n"),
                EvaluationData.ByHand(_folder),
                "--quiet",
                "--out",
                Out("s")
            )
        ).RefusesInOneLine("p.jsonl, line 3", says);
        Assert.False(Directory.Exists(Out("s")));
    }

    [Fact]
    public void Every_bad_line_has_its_own_error()
    {
        var run = CommandRun.Of(
            "score",
            _folder.Write("p.jsonl", string.Concat(Enumerable.Repeat("x\n", 30))),
            EvaluationData.ByHand(_folder)
        );
        Assert.Equal(2, run.Code);
        Assert.Equal(21, run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("10 more lines", run.Error);
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        var data = EvaluationData.ByHand(_folder);
        CommandRun Evaluate(params string[] more) => CommandRun.Of(["evaluate", data, "--out", Out("e"), .. more]);
        (Evaluate("--model", tiny.Path, "--baseline", "oracle")).RefusesInOneLine("either a model or --baseline");
        (Evaluate("--baseline", "guess")).RefusesInOneLine("guess", "whole-image");
        (Evaluate("--baseline", "oracle", "--protocol", "half")).RefusesInOneLine("half", "original, ppmn");
        (Evaluate("--baseline", "oracle", "--groups", "half")).RefusesInOneLine("half", "png, flmm");
        (Evaluate("--baseline", "oracle", "--limit", "0")).RefusesInOneLine("--limit 0");
        (Evaluate("--baseline", "oracle", "--threshold", "1")).RefusesInOneLine("threshold of 1");
        (Evaluate("--baseline", "oracle", "--size", "7")).RefusesInOneLine("size of 7");
        (Evaluate("--baseline", "oracle", "--split", "train")).RefusesInOneLine("png_coco_train2017.json");
        (Evaluate("--model", Out("none"))).RefusesInOneLine("none");
        (CommandRun.Of("score", Out("none.jsonl"), data)).RefusesInOneLine("none.jsonl does not exist");
        (CommandRun.Of("evaluate", Out("nowhere"), "--baseline", "oracle")).RefusesInOneLine("nowhere does not exist");
        Assert.False(Directory.Exists(Out("e")));
    }

    [Fact]
    public void Damaged_pictures_are_named_and_what_was_done_is_kept()
    {
        var data = EvaluationData.Scenes(_folder, 3);
        var map = Path.Combine(data, "annotations/panoptic_segmentation/val2017/000000000003.png");
        var whole = File.ReadAllBytes(map);
        File.WriteAllBytes(map, whole[..^40]);
        string[] line = ["evaluate", data, "--baseline", "random", "--out", Out("e"), "--quiet"];
        (CommandRun.Of(line)).RefusesInOneLine("000000000003.png");
        Assert.Equal(["journal.jsonl", "run.json"], Directory.GetFiles(Out("e")).Select(Path.GetFileName).Order());
        File.WriteAllBytes(map, whole);
        (CommandRun.Of([.. line, "--resume"])).Works();
        Assert.True(File.Exists(Out("e/report.html")));
    }

    private JsonObject ReportOf(string name) => JsonNode.Parse(File.ReadAllText(Out($"{name}/report.json")))!.AsObject();

    /// <summary>A report's page without where and when it was made.</summary>
    private string PageOf(string name) =>
        File.ReadAllText(Out($"{name}/report.html")) is var page ? page[..page.IndexOf("<dt>Program", StringComparison.Ordinal)] : "";

    private string Out(string name) => _folder.File(name);
}
