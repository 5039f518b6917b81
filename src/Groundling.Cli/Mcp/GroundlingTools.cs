using System.ComponentModel;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Groundling.Data.Benchmark;
using Groundling.Evaluation;
using Groundling.Rendering;
using Groundling.Web;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Groundling.Cli.Mcp;

/// <summary>What clients of the Model Context Protocol can have done. A fault is the call's answer, in one line.</summary>
[McpServerToolType]
internal sealed class GroundlingTools(IToolModel model, AllowedFolders folders)
{
    private const int MostNarratives = 1_000,
        RowsShown = 20;

    private static readonly JsonSerializerOptions Style = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [McpServerTool(Name = "about", Title = "Model, limits and folders", ReadOnly = true, OpenWorld = false)]
    [Description("The model, what may be asked of it, and the folders whose files can be named.")]
    public Task<CallToolResult> About() =>
        AnswerAsync(() =>
        {
            var (name, size, threshold) = model.Facts;
            return Task.FromResult(
                Text(
                    new
                    {
                        Model = name,
                        NativeSize = size,
                        Threshold = threshold,
                        model.Limits.MaxMegabytes,
                        model.Limits.MaxMegapixels,
                        model.Limits.MaxSize,
                        Folders = folders.All,
                    }
                )
            );
        });

    [McpServerTool(Name = "find_phrases", Title = "Noun phrases of a caption", ReadOnly = true, OpenWorld = false)]
    [Description("The phrases of a caption that ground_picture would ground: those in [brackets], else its noun phrases (English).")]
    public static Task<CallToolResult> FindPhrases([Description("The caption.")] string caption) =>
        AnswerAsync(() => Task.FromResult(Text(PhrasesAnswer.Of(GroundRequest.Short(caption)))));

    [McpServerTool(Name = "ground_picture", Title = "Masks for a caption's phrases", ReadOnly = true, OpenWorld = false)]
    [Description(
        "Finds every phrase of a caption in a picture: a mask for each, with score, area in pixels and box [x, y, width, height]. Give the picture by path or by its bytes."
    )]
    public Task<CallToolResult> GroundPicture(
        [Description("The picture's file (PNG, JPEG, WebP, GIF, BMP), in one of the folders that 'about' lists.")] string? path = null,
        [Description("Instead of a path: the picture's file in base64.")] string? image = null,
        [Description(
            "A sentence or more, with the phrases to ground in [brackets]; without brackets, its noun phrases. If not given, the text file beside the picture."
        )]
            string? caption = null,
        [Description("The phrases to ground, as they stand in the caption; without a caption they are the caption.")]
            string[]? phrases = null,
        [Description("How to give masks: \"rle\" (COCO's run lengths), \"polygons\" (rings of [x, y]) or \"boxes\" (none).")]
            string masks = "rle",
        [Description("Whether to give the figure as well: the picture under its masks, with a legend.")] bool figure = false,
        [Description("A pixel belongs to a phrase when its probability is greater; the model's own if not given.")]
            double? threshold = null,
        [Description("The network's longer side in pixels; 0 keeps the picture's own; the model's own if not given.")] int? size = null,
        CancellationToken stop = default
    ) =>
        AnswerAsync(async () =>
        {
            if (masks is not ("rle" or "polygons" or "boxes"))
                throw new InputException($"masks \"{masks}\" is not known: rle, polygons, boxes");
            var (bytes, beside) = ReadPicture(path, image);
            var request = new GroundRequest
            {
                Image = bytes,
                Caption = caption ?? (phrases is null ? beside?.Invoke() : null),
                Phrases = phrases,
                Threshold = threshold,
                Size = size,
            };
            var grounding = await model.GroundAsync(request, request.ReadCaption(), stop);
            var answer = Text(Document(grounding, path, masks));
            if (figure)
                answer.Content.Add(ImageContentBlock.FromBytes(OverlayRenderer.Render(grounding).EncodePng(), "image/png"));
            return answer;
        });

    [McpServerTool(Name = "evaluate", Title = "Average recall on a benchmark", ReadOnly = true, OpenWorld = false)]
    [Description(
        "Measures the model on the first narratives of a panoptic narrative grounding benchmark, judged at each picture's own size: average recall, share of phrases with IoU above 0.5 and mean IoU by group, and by category."
    )]
    public Task<CallToolResult> Evaluate(
        [Description("The benchmark's folder, with \"annotations\" and \"images\".")] string data,
        [Description("Which part of the data.")] string split = "val",
        [Description("How many narratives, 1 to 1,000; each takes as long as grounding a picture.")] int limit = 20,
        [Description("Who belongs to which group: \"png\" or \"flmm\".")] string groups = "png",
        IProgress<ProgressNotificationValue>? progress = null,
        CancellationToken stop = default
    ) =>
        AnswerAsync(async () =>
        {
            if (limit is < 1 or > MostNarratives)
                throw new InputException($"limit {limit} is out of range: 1 to {MostNarratives}");
            var rule = GroupRule.Named(groups);
            var place = folders.Find(data);
            var benchmark = PngBenchmark.Open(place, split);
            foreach (var file in ContentMark.FilesOf(benchmark))
                folders.Find(file); // a link may lead out
            var evaluator = new Evaluator(benchmark, ResolutionProtocol.Original);
            var (faults, results) = (new BenchmarkFaults(), new List<NarrativeResult>());
            string method = "";
            foreach (var given in evaluator.Cases(faults, limit))
            {
                folders.Find(given.Example.PanopticPath);
                var request = new GroundRequest { Image = await File.ReadAllBytesAsync(folders.Find(given.Example.PicturePath), stop) };
                var grounding = await model.GroundAsync(request, given.Example.Caption, stop);
                method = grounding.Origin?.Method ?? method;
                results.Add(
                    evaluator
                        .Judge(given, Evaluator.LetterboxOf(given, model.Facts.Size), [.. grounding.Phrases.Select(p => p.Mask)])
                        .WithoutMasks()
                );
                progress?.Report(new() { Progress = results.Count, Total = limit });
            }
            if (results.Count == 0)
                throw new InputException($"{benchmark.NarrativesPath} holds no phrase with ground truth to judge");
            var settings = new EvaluationSettings(
                method,
                null,
                null,
                ContentMark.OfBenchmark(place, benchmark),
                split,
                ResolutionProtocol.Original.Name,
                rule.Name,
                model.Facts.Size,
                model.Facts.Threshold,
                limit
            );
            return new()
            {
                Content = [new TextContentBlock { Text = EvaluationReport.From(settings, results, faults, benchmark.Categories).ToJson() }],
            };
        });

    [McpServerTool(Name = "compare_reports", Title = "Whether one method is better", ReadOnly = true, OpenWorld = false)]
    [Description(
        "Holds evaluations against the first one: differences of average recall with 95 % intervals from a paired bootstrap over pictures, by group, size, category and noun, and the phrases that won and lost most. Fractions, not per cent."
    )]
    public Task<CallToolResult> CompareReports(
        [Description(
            "Folders that groundling evaluate or score wrote, two or more; several seeds of one method as A,B,C; NAME=A,B,C gives it a name."
        )]
            string[] reports,
        [Description("How often pictures are drawn for the intervals.")] int resamples = Comparison.UsualResamples,
        [Description("Whether to list all categories and nouns, not only those whose interval excludes 0.")] bool all = false
    ) =>
        AnswerAsync(() =>
        {
            var comparison = Comparison.Of(ComparedMethod.ReadAll(reports, folders.Find), resamples);
            return Task.FromResult(
                new CallToolResult
                {
                    Content =
                    [
                        new TextContentBlock
                        {
                            Text = (
                                all
                                    ? comparison
                                    : comparison with
                                    {
                                        Categories = Clear(comparison.Categories),
                                        Nouns = Clear(comparison.Nouns),
                                    }
                            ).ToJson(),
                        },
                    ],
                }
            );
        });

    private static IReadOnlyList<ComparedSet> Clear(IEnumerable<ComparedSet> sets) =>
        [.. sets.Where(set => set.Differences.Any(d => d.IsClear)).Take(RowsShown)];

    private (byte[] Bytes, Func<string?>? Beside) ReadPicture(string? path, string? image)
    {
        if ((path is null) == (image is null))
            throw new InputException("give the picture either by 'path' or by its bytes as 'image'");
        long most = (long)model.Limits.MaxMegabytes << 20;
        if (image is not null)
        {
            var bytes = new byte[image.Length];
            return Convert.TryFromBase64String(image, bytes, out int length)
                ? (bytes[..length], null)
                : throw new InputException("'image' is not base64; give the picture's file in base64, or its 'path'");
        }
        var file = folders.Find(path!);
        if (!File.Exists(file))
            throw new InputException($"{path} is a folder; name a picture");
        if (new FileInfo(file).Length > most)
            throw new InputException($"{path} has more than {model.Limits.MaxMegabytes} MiB, which are allowed here");
        return (File.ReadAllBytes(file), () => CaptionBeside(file));
    }

    /// <summary>The text beside a picture, if it may be read.</summary>
    private string? CaptionBeside(string picture)
    {
        var text = Path.ChangeExtension(picture, ".txt");
        return File.Exists(text) ? Core.PlainText.Read(folders.Find(text)).Trim() : null;
    }

    private static JsonObject Document(Grounding grounding, string? path, string masks)
    {
        var document = JsonNode.Parse(GroundingDocument.From(grounding, path).ToJson(indented: false))!.AsObject();
        foreach (var (phrase, json) in grounding.Phrases.Zip(document["phrases"]!.AsArray()))
        {
            if (masks != "rle")
                json!.AsObject().Remove("segmentation");
            if (masks == "polygons")
                json!["polygons"] = JsonSerializer.SerializeToNode(
                    phrase
                        .Mask.ToPolygons()
                        .SelectMany(p => p.Holes.Prepend(p.Outer))
                        .Select(ring => ring.Select(corner => (int[])[corner.X, corner.Y]))
                );
        }
        if (grounding.Warnings.Count > 0)
            document["warnings"] = JsonSerializer.SerializeToNode(grounding.Warnings);
        return document;
    }

    private static CallToolResult Text<T>(T answer) =>
        new() { Content = [new TextContentBlock { Text = JsonSerializer.Serialize(answer, Style) }] };

    /// <summary>Does a tool's work; what its caller can mend is told in the answer.</summary>
    private static async Task<CallToolResult> AnswerAsync(Func<Task<CallToolResult>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (CommandLine.IsUserError(e) || e is RequestException)
        {
            var line = e is RequestException ? e.Message : CommandLine.LineOf(e);
            return new() { IsError = true, Content = [new TextContentBlock { Text = Core.PlainText.InOneLine(line) }] };
        }
    }
}
