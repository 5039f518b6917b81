using System.Text.Json;
using System.Text.Json.Nodes;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Diffusion;
using Groundling.Modeling;
using Groundling.Prompting;
using Groundling.Tests.Data;
using Groundling.Tests.Evaluation;
using Groundling.Tests.Method;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Cli;

/// <summary>
/// A model folder with trained parts, through all commands that read one. The parts are random, far from where training starts.
/// </summary>
public sealed class TrainedPartsTests : IDisposable
{
    private const string Marked = "[a man] on [a grey horse]";
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TinyModel _tiny;
    private readonly GroundingModel _model;
    private readonly string _frozen,
        _whole,
        _run;
    private readonly Picture _picture = TinyModel.Gradient(192, 128);
    private readonly string _image;

    public TrainedPartsTests(TinyModel tiny)
    {
        _tiny = tiny;
        _model = TinyGrounding.Build(tiny, stirred: true);
        (_frozen, _whole, _run) = (tiny.Path, tiny.Copy(_folder), _folder.File("run/checkpoints/best"));
        GroundingFolder.Save(_whole, _model);
        GroundingFolder.Save(_run, _model);
        _image = _folder.Write("a.png", _picture.EncodePng());
    }

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_report_says_where_it_came_from()
    {
        _folder.Write("run/config.json", """{"train": {"steps": 40}}""");
        _folder.Write("run/run.json", """{"task": "grounding", "seed": 17}""");
        var data = EvaluationData.Scenes(_folder, 2);
        string[] line = ["evaluate", data, "--model", _frozen, "--grounding", _run, "--size", "64", "--out", _folder.File("e"), "--quiet"];
        CommandRun.Of([.. line, "--threads", "1", "--limit", "1"]).Works();
        var report = JsonNode.Parse(File.ReadAllText(_folder.File("e/report.json")))!["run"]!;
        Assert.Equal(data, (string)report["data"]!);
        Assert.Equal(17, (int)report["seed"]!);
        Assert.Equal(40, (int)report["config"]!["training"]!["train"]!["steps"]!);
        Assert.NotNull(report["config"]!["grounding"]!["size"]);
        var start = Assert.Single(report["starts"]!.AsArray())!;
        Assert.Equal(1, (int)start["threads"]!);
        Assert.NotEqual("", (string)start["device"]!);
        Assert.Matches(@"^\d+\.\d+\.\d+", (string)start["version"]!);
        Assert.InRange((DateTime)start["time"]!, DateTime.UtcNow.AddMinutes(-10), DateTime.UtcNow);
        Assert.NotEqual("", (string)start["machine"]!);
        Assert.NotEqual("", (string)start["command_line"]!);
        Assert.NotEmpty(start["packages"]!.AsArray());
        Assert.Equal(report.ToJsonString(), JsonNode.Parse(File.ReadAllText(_folder.File("e/run.json")))!.ToJsonString());
        Assert.Contains("<dt>Seed</dt><dd>17</dd>", File.ReadAllText(_folder.File("e/report.html")));
    }

    [Fact]
    public void Ground_gives_the_masks_of_the_model_called_directly()
    {
        var expected = Direct(); // [2, 128, 192]
        var threshold = expected.median().item<float>();
        var phrases = Ground("--model", _whole, "--threshold", $"{threshold:R}").GetProperty("phrases").EnumerateArray().ToList();
        Assert.Equal(2, phrases.Count);
        foreach (var (i, phrase) in phrases.Index())
        {
            var mask = tensor(
                    RunLengthMask.Parse(phrase.GetProperty("segmentation").GetProperty("counts").GetString()!, 192, 128).ToBytes(),
                    [128, 192]
                )
                .to(@bool);
            Assert.InRange(mask.sum().item<long>(), 1, 128 * 192 - 1);
            Assert.InRange(mask.ne(expected[i].gt((double)threshold)).sum().item<long>(), 0, 5); // packed weights round differently
            var score = expected[i].masked_select(mask).mean().item<float>();
            Assert.Equal(score, phrase.GetProperty("score").GetDouble(), 1e-4);
        }
    }

    [Fact]
    public void Parts_may_lie_elsewhere_and_may_be_left_out()
    {
        var inside = Ground("--model", _whole, "--threshold", "0.4");
        Assert.Equal("decoder", inside.GetProperty("made_by").GetProperty("mask_head").GetString());
        Assert.StartsWith("dynamic prompting", inside.GetProperty("made_by").GetProperty("method").GetString());
        foreach (var place in (string[])[_run, Path.Combine(_run, "grounding")])
        {
            var beside = Ground("--model", _frozen, "--grounding", place, "--threshold", "0.4");
            Assert.Equal(place, beside.GetProperty("made_by").GetProperty("trained").GetString());
            Assert.Equal(inside.GetProperty("phrases").GetRawText(), beside.GetProperty("phrases").GetRawText());
        }
        var without = Ground("--model", _whole, "--static", "--threshold", "0.4");
        Assert.Equal("diffusion", without.GetProperty("made_by").GetProperty("mask_head").GetString());
        Assert.Equal("static prompting", without.GetProperty("made_by").GetProperty("method").GetString());
        Assert.Equal(JsonValueKind.Null, without.GetProperty("made_by").GetProperty("trained").ValueKind);
        Assert.Equal(
            Ground("--model", _frozen, "--threshold", "0.4").GetProperty("phrases").GetRawText(),
            without.GetProperty("phrases").GetRawText()
        );
        Assert.NotEqual(inside.GetProperty("phrases").GetRawText(), without.GetProperty("phrases").GetRawText());
    }

    [Theory]
    [InlineData("adapter")]
    [InlineData("diffusion")]
    public void Ground_gives_the_masks_of_another_head(string head)
    {
        using var frozen = no_grad();
        using var output = Output();
        var expected =
            head == "diffusion"
                ? output.Diffusion[0] / output.Diffusion[0].amax([1, 2], keepdim: true)
                : nn
                    .functional.interpolate(
                        output.Adapter!.Masks,
                        size: [128, 192],
                        mode: InterpolationMode.Bilinear,
                        align_corners: false
                    )[0]
                    .sigmoid();
        var threshold = expected.median().item<float>();
        var made = Ground("--model", _whole, "--head", head, "--threshold", $"{threshold:R}");
        Assert.Equal(head, made.GetProperty("made_by").GetProperty("mask_head").GetString());
        var phrases = made.GetProperty("phrases").EnumerateArray().ToList();
        Assert.Equal(2, phrases.Count);
        foreach (var (i, phrase) in phrases.Index())
        {
            var mask = tensor(
                    RunLengthMask.Parse(phrase.GetProperty("segmentation").GetProperty("counts").GetString()!, 192, 128).ToBytes(),
                    [128, 192]
                )
                .to(@bool);
            Assert.InRange(mask.sum().item<long>(), 1, 128 * 192 - 1);
            Assert.InRange(mask.ne(expected[i].gt((double)threshold)).sum().item<long>(), 0, 5); // packed weights round differently
        }
    }

    [Fact]
    public void A_head_that_is_not_there_is_named()
    {
        var line = (string[])["ground", _image, "-c", Marked, "--out", _folder.File("none")];
        CommandRun.Of([.. line, "--model", _frozen, "--head", "decoder"]).RefusesInOneLine("has no trained mask decoder");
        CommandRun.Of([.. line, "--model", _whole, "--static", "--head", "adapter"]).RefusesInOneLine("has no trained phrase adapter");
        CommandRun
            .Of([.. line, "--model", _whole, "--head", "best"])
            .RefusesInOneLine("--head best is not known: decoder, adapter, diffusion");
        CommandRun.Of("evaluate", _folder.Path, "--baseline", "oracle", "--head", "diffusion").RefusesInOneLine("a baseline has none");
        Assert.False(Directory.Exists(_folder.File("none")));
    }

    [Fact]
    public void Steps_along_colours_are_the_mask_decoders()
    {
        var made = Ground("--model", _whole, "--colour-walks", "3").GetProperty("made_by").GetProperty("method").GetString();
        Assert.EndsWith("mask decoder, 3 steps along colours", made);
        string[] line = ["ground", _image, "-c", Marked, "--out", _folder.File("none"), "--model", _whole, "--colour-walks", "3"];
        CommandRun.Of([.. line, "--head", "diffusion"]).RefusesInOneLine("not for those of the diffusion head");
        CommandRun.Of([.. line, "--refine"]).RefusesInOneLine("not for those of the refined head");
        CommandRun.Of([.. line, "--static"]).RefusesInOneLine("trained mask decoder");
        Assert.False(Directory.Exists(_folder.File("none")));
    }

    [Fact]
    public void The_checkpoints_own_threshold_holds_unless_another_is_given()
    {
        var threshold = Math.Round(Direct().median().item<float>(), 3);
        File.WriteAllText(Path.Combine(_whole, "grounding", "config.json"), (TinyGrounding.Config with { Threshold = threshold }).ToJson());
        var own = Ground("--model", _whole).GetProperty("phrases").GetRawText();
        Assert.Equal(Ground("--model", _whole, "--threshold", $"{threshold}").GetProperty("phrases").GetRawText(), own);
        Assert.NotEqual(Ground("--model", _whole, "--threshold", $"{threshold + 0.01}").GetProperty("phrases").GetRawText(), own);
    }

    [Fact]
    public void Features_hold_the_dynamic_prompts_of_all_blocks()
    {
        var (dynamic, method) = Features("dynamic", "--model", _whole);
        var (fixedPrompts, _) = Features("static", "--model", _whole, "--static");
        Assert.StartsWith("dynamic prompting", method);
        Assert.Equal([2, 32, 48], dynamic["logits.decoder"].shape);
        Assert.Equal([2, 16, 24], dynamic["logits.adapter"].shape);
        var sites = _tiny.Pipeline.Diffusion.UNet.Sites;
        Assert.Equal(16, sites.Count);
        var before = dynamic["phrases"];
        foreach (var site in sites)
        {
            var phrases = dynamic[$"phrases.{site.Path}"];
            Assert.True((phrases - before).abs().max().item<float>() > 1e-3, $"{site.Path} leaves the phrases as they were");
            before = phrases;
            var attention = $"attention.{site.Path}.attn2";
            Assert.Equal(fixedPrompts[attention].shape, dynamic[attention].shape);
            Assert.True(
                (fixedPrompts[attention] - dynamic[attention]).abs().max().item<float>() > 1e-4,
                $"{attention} is as with static prompts"
            );
        }
        Assert.DoesNotContain(fixedPrompts.Keys, name => name.StartsWith("phrases.") || name.StartsWith("logits."));
        TensorAssert.Close(
            Direct(),
            nn.functional.interpolate(
                    dynamic["logits.decoder"].unsqueeze(0),
                    size: [128, 192],
                    mode: InterpolationMode.Bilinear,
                    align_corners: false
                )[0]
                .sigmoid(),
            1e-4,
            "masks"
        );
    }

    [Fact]
    public void Evaluate_measures_the_trained_model_and_says_so()
    {
        var data = EvaluationData.Scenes(_folder, count: 4);
        var trained = Evaluate("trained", data, "--model", _frozen, "--grounding", _run);
        Assert.StartsWith("dynamic prompting", trained.GetProperty("settings").GetProperty("method").GetString());
        Assert.Equal("best", trained.GetProperty("settings").GetProperty("trained").GetProperty("name").GetString());
        Assert.Contains("Dynamic prompting, mutual aggregation, mask decoder", File.ReadAllText(_folder.File("trained/report.html")));
        var untrained = Evaluate("untrained", data, "--model", _whole, "--static");
        Assert.NotEqual(Figures(trained), Figures(untrained));
        Assert.Equal(Figures(Evaluate("frozen", data, "--model", _frozen)), Figures(untrained));

        // A picture of another size than its annotation is judged, but no pixel of it is ranked.
        var picture = Directory.GetFiles(Path.Combine(data, "images", "val2017")).Order(StringComparer.Ordinal).First();
        File.WriteAllBytes(picture, TinyModel.Gradient(96, 64).EncodePng());
        var resized = Evaluate("resized", data, "--model", _whole, "--static");
        Assert.Equal(
            (4, 3),
            (
                untrained.GetProperty("attention")[0].GetProperty("narratives").GetInt32(),
                resized.GetProperty("attention")[0].GetProperty("narratives").GetInt32()
            )
        );

        var attention = Evaluate("attention", data, "--model", _whole, "--head", "diffusion");
        Assert.EndsWith("; diffusion mask head", attention.GetProperty("settings").GetProperty("method").GetString());
        Assert.NotEqual(Figures(trained), Figures(attention));

        // Other trained parts are another model: their results are not mixed.
        using var other = TinyGrounding.Build(_tiny);
        GroundingFolder.Save(_run, other);
        CommandRun
            .Of(
                "evaluate",
                data,
                "--model",
                _frozen,
                "--grounding",
                _run,
                "--out",
                _folder.File("trained"),
                "--size",
                "64",
                "--threshold",
                "0.4",
                "--quiet",
                "--resume"
            )
            .RefusesInOneLine("trained best of other content");
    }

    [Fact]
    public void Inspect_lists_the_trained_parts()
    {
        var lines = CommandRun.Of("inspect", _whole).Works().Output;
        Assert.Contains("grounding", lines);
        Assert.Contains("dynamic prompting", lines);
        using var json = JsonDocument.Parse(CommandRun.Of("inspect", _frozen, "--grounding", _run, "--json").Works().Output);
        var part = json.RootElement.EnumerateArray().Last();
        Assert.Equal("grounding", part.GetProperty("name").GetString());
        Assert.Equal(_model.ParameterCount(), part.GetProperty("parameters").GetInt64());
        File.WriteAllText(Path.Combine(_run, "grounding", "config.json"), "{}");
        var run = CommandRun.Of("inspect", _frozen, "--grounding", _run);
        Assert.Contains("grounding does not load", run.Output);
        run.RefusesInOneLine("grounding cannot be loaded");
    }

    [Fact]
    public void Parts_of_another_model_are_refused_with_what_differs()
    {
        File.WriteAllText(
            Path.Combine(_run, "grounding", "config.json"),
            (TinyGrounding.Config with { Classes = TinyGrounding.K + 1 }).ToJson()
        );
        var fault = Refused("--model", _frozen, "--grounding", _run);
        Assert.Contains("does not fit GroundingModel", fault);
        Assert.Contains("shape      adapter.blocks.0.class.weight: file [4, 8], model [5, 8]", fault);
        Assert.Contains("were these parts trained with another frozen model?", fault);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.Contains(
            "holds no trained parts (grounding/config.json and grounding/model.safetensors)",
            Refused("--model", _frozen, "--grounding", _folder.File("none"))
        );
        Assert.Contains("--static", Refused("--model", _frozen, "--grounding", _run, "--static"));
        Assert.Contains("--model DIR", Refused("--grounding", _run));
        File.Delete(Path.Combine(_whole, "grounding", "model.safetensors"));
        Assert.Contains("model.safetensors", Refused("--model", _whole));
        File.Delete(Path.Combine(_whole, "grounding", "config.json"));
        Assert.Contains("config.json", Refused("--model", _whole));
        Ground("--model", _whole, "--static");
    }

    [Fact]
    public void A_checkpoint_alone_finds_its_frozen_model()
    {
        var frozen = Path.Combine(_run, "frozen.json");
        File.WriteAllText(frozen, JsonSerializer.Serialize(new { model = _frozen }));
        Assert.Equal(Phrases("--model", _frozen, "--grounding", _run), Phrases("--grounding", _run));
        File.WriteAllText(frozen, JsonSerializer.Serialize(new { model = _folder.File("moved") }));
        Assert.Contains(_folder.File("moved"), Refused("--grounding", _run));
        File.WriteAllText(frozen, "[]");
        Assert.Contains(frozen, Refused("--grounding", _run));
    }

    [Fact]
    public void An_exported_folder_grounds_like_the_checkpoint_it_was_made_from()
    {
        var folder = _folder.File("exported");
        Assert.Contains(
            "MB; use it as --model",
            CommandRun.Of("export", _run, "--model", _frozen, "--out", folder, "--full").Works().Output
        );
        Assert.Equal(Phrases("--model", _frozen, "--grounding", _run), Phrases("--model", folder));
        CommandRun.Of("export", _run, "--model", _frozen, "--out", _folder.File("halved")).Works();
        var (whole, halved) = (
            new FileInfo(Path.Combine(folder, "grounding", "model.safetensors")).Length,
            new FileInfo(_folder.File("halved/grounding/model.safetensors")).Length
        );
        Assert.InRange(halved, whole / 2, 0.6 * whole);
        Ground("--model", _folder.File("halved"));
        CommandRun.Of("export", _run, "--model", _frozen, "--out", folder).RefusesInOneLine("exists already");
        CommandRun.Of("export", _run, "--out", _folder.File("other")).RefusesInOneLine("frozen.json", "--model DIR");
        CommandRun
            .Of("export", _folder.Path, "--model", _frozen, "--out", _folder.File("other"))
            .RefusesInOneLine("holds no trained parts");
        Assert.False(Directory.Exists(_folder.File("other")));
    }

    private string Phrases(params string[] model) => Ground(model).GetProperty("phrases").GetRawText();

    [Fact]
    public void Values_that_are_not_numbers_are_told()
    {
        using (no_grad())
            _model.parameters().Last().fill_(double.NaN);
        GroundingFolder.Save(_run, _model);
        var run = CommandRun
            .Of("ground", _image, "-c", Marked, "--model", _frozen, "--grounding", _run, "--size", "0", "--out", _folder.File("out"))
            .Works();
        Assert.Contains("grounding: warning: decoder.class.bias", CommandRun.Of("inspect", _frozen, "--grounding", _run).Works().Output);
        Assert.DoesNotContain("mean nothing", run.Error); // classes play no part in masks
        using (no_grad())
            _model.named_parameters().First(pair => pair.name.StartsWith("mask_feature.")).parameter.fill_(double.NaN);
        GroundingFolder.Save(_run, _model);
        Assert.Contains(
            "grounding: mask_feature.",
            CommandRun
                .Of("ground", _image, "-c", Marked, "--model", _frozen, "--grounding", _run, "--size", "0", "--out", _folder.File("out"))
                .Works()
                .Error
        );
    }

    private Tensor Direct()
    {
        using var output = Output();
        return output.Probabilities(Letterbox.Fit(_picture.Width, _picture.Height, 0))[0];
    }

    private GroundingOutput Output()
    {
        using var frozen = no_grad();
        var diffusion = _tiny.Pipeline.Diffusion;
        var letterbox = Letterbox.Fit(_picture.Width, _picture.Height, 0);
        var latents = diffusion.Vae.Encode(tensor(letterbox.ToNetwork(_picture), [1, 3, letterbox.Height, letterbox.Width]));
        var states = new PhraseEncoder(diffusion.Tokenizer, diffusion.Text).Encode(Caption.ParseBrackets(Marked));
        return _model.call(GroundingInput.Batch(latents, [states.ForPrompt]));
    }

    private JsonElement Ground(params string[] model)
    {
        var run = CommandRun.Of(["ground", _image, "-c", Marked, "--size", "0", "--out", _folder.File("out"), "--json", .. model]).Works();
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private string Refused(params string[] model) =>
        CommandRun.Of(["ground", _image, "-c", Marked, "--size", "0", "--out", _folder.File("out"), .. model]).Refuses();

    private (Dictionary<string, Tensor> Tensors, string Method) Features(string name, params string[] model)
    {
        var path = _folder.File($"{name}.safetensors");
        CommandRun.Of(["features", _image, "-c", Marked, "-o", path, "--size", "0", .. model]).Works();
        using var file = SafetensorsFile.Open(path);
        return (file.Entries.Keys.ToDictionary(key => key, file.Read), file.Metadata["method"]);
    }

    private JsonElement Evaluate(string name, string data, params string[] model)
    {
        CommandRun.Of(["evaluate", data, "--out", _folder.File(name), "--size", "64", "--threshold", "0.4", "--quiet", .. model]).Works();
        return JsonDocument.Parse(File.ReadAllText(_folder.File($"{name}/report.json"))).RootElement;
    }

    private static string Figures(JsonElement report) =>
        report.GetProperty("mean_iou").GetRawText() + report.GetProperty("categories").GetRawText();
}
