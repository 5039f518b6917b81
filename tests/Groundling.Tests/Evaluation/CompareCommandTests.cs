using System.Text.Json;
using System.Text.Json.Nodes;
using Groundling.Evaluation;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;

namespace Groundling.Tests.Evaluation;

/// <summary>groundling compare.</summary>
public sealed class CompareCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_method_that_is_a_point_better_is_told_from_its_like()
    {
        var a = NoisyMethod.Write(_folder, "a", NoisyMethod.Results(500, 7, 1));
        var better = NoisyMethod.Write(_folder, "better", NoisyMethod.Results(500, 7, 2, points: 0.01));
        var same = NoisyMethod.Write(_folder, "same", NoisyMethod.Results(500, 7, 3));
        var json = JsonNode.Parse(CommandRun.Of("compare", a, better, same, "--json").Works().Output)!;
        Interval Of(int method) => json["groups"]![0]!["differences"]![method]!["interval"].Deserialize<Interval>(Lenient)!;
        Assert.True(Of(0).Holds(0.01) && !Of(0).Holds(0), $"{Of(0)}");
        Assert.True(Of(1).Holds(0), $"{Of(1)}");
        var text = CommandRun.Of("compare", $"old={a}", $"new={better}").Works().Output;
        Assert.Contains("A  old", text);
        Assert.Matches(@"overall +│ +\d+ │ +\d+\.\d │ +\d+\.\d │ +\+\d\.\d\* │", text);
    }

    [Fact]
    public void Reports_of_evaluate_and_of_score_compare_with_pictures()
    {
        var data = EvaluationData.Scenes(_folder, count: 12);
        CommandRun.Of("evaluate", data, "--baseline", "random", "--out", Out("random"), "--quiet").Works();
        CommandRun.Of("evaluate", data, "--baseline", "oracle", "--out", Out("oracle"), "--predictions", Out("p.jsonl"), "--quiet").Works();
        CommandRun.Of("score", Out("p.jsonl"), data, "--out", Out("score"), "--quiet").Works();
        var run = CommandRun.Of("compare", Out("random"), $"theirs={Out("score")}", Out("oracle/report.html"), "--out", Out("c")).Works();
        Assert.Equal("", run.Error);
        Assert.Equal(["comparison.html", "comparison.json"], Directory.GetFiles(Out("c")).Select(Path.GetFileName).Order());
        var json = JsonNode.Parse(File.ReadAllText(Out("c/comparison.json")))!;
        var overall = json["groups"]![0]!;
        Assert.Equal((double)overall["methods"]![1]!["average_recall"]!, (double)overall["methods"]![2]!["average_recall"]!);
        Assert.True((double)overall["differences"]![0]!["interval"]!["low"]! > 0.5);
        var page = File.ReadAllText(Out("c/comparison.html"));
        Assert.DoesNotContain("http", page.Replace($"href=\"http://127.0.0.1:{BrowseAddress.Port}/picture/", ""));
        Assert.Contains($"groundling browse {data} --split val --report {Out("random")} --report {Out("score")}", page);
        Assert.DoesNotContain("<script", page);
        Assert.Contains("<figcaption>theirs, ", page);
        Assert.Contains("random rectangles (seed 0)", page);
        Assert.Contains("<dt>Seed</dt><dd>0</dd>", page);
        Assert.DoesNotContain("XPNG", page);
        // The pictures are truth, first and other: three to each phrase that changed.
        int phrases = json["changes"]!.AsArray().Sum(c => c!["won"]!.AsArray().Count + c["lost"]!.AsArray().Count);
        Assert.True(phrases > 6);
        Assert.Equal(3 * phrases, page.Split("<figcaption>").Length - 1);
    }

    [Fact]
    public void Texts_are_no_markup_anywhere_in_the_page()
    {
        var data = EvaluationData.ByHand(_folder);
        CommandRun.Of("evaluate", data, "--baseline", "whole-image", "--out", Out("a"), "--quiet").Works();
        CommandRun.Of("evaluate", data, "--baseline", "oracle", "--out", Out("b"), "--quiet").Works();
        CommandRun.Of("compare", $"<i>&={Out("a")}", $"[b]\"={Out("b")}", "--out", Out("c")).Works();
        var page = File.ReadAllText(Out("c/comparison.html"));
        Assert.Contains("&lt;i&gt;&amp;", page);
        Assert.DoesNotContain("<i>&", page);
        Assert.DoesNotContain("<people>", page);
        Assert.Contains("&lt;people&gt;", page);
    }

    [Fact]
    public void Data_that_moved_are_asked_for()
    {
        var data = EvaluationData.ByHand(_folder);
        foreach (var name in (string[])["random", "oracle"])
            CommandRun.Of("evaluate", data, "--baseline", name, "--out", Out(name), "--quiet").Works();
        Directory.Move(data, Out("elsewhere"));
        var run = CommandRun.Of("compare", Out("random"), Out("oracle"), "--out", Out("c"), "--quiet").Works();
        Assert.Contains("warning: the page has no pictures", run.Error);
        Assert.DoesNotContain("<img", File.ReadAllText(Out("c/comparison.html")));
        Assert.Equal(
            "",
            CommandRun.Of("compare", Out("random"), Out("oracle"), "--out", Out("c"), "--quiet", "--data", Out("elsewhere")).Works().Error
        );
        Assert.Contains("<img", File.ReadAllText(Out("c/comparison.html")));
        File.AppendAllText(Out("elsewhere/annotations/png_coco_val2017.json"), "\n");
        CommandRun
            .Of("compare", Out("random"), Out("oracle"), "--out", Out("c"), "--data", Out("elsewhere"))
            .RefusesInOneLine("is not what was judged");
    }

    [Fact]
    public void What_cannot_be_compared_is_named()
    {
        var results = NoisyMethod.Results(20, 1, 2);
        var settings = NoisyMethod.Settings;
        var a = NoisyMethod.Write(_folder, "a", results);
        void Refuses(string name, NarrativeResult[] others, EvaluationSettings with, params string[] says) =>
            CommandRun.Of("compare", a, NoisyMethod.Write(_folder, name, others, with)).RefusesInOneLine([name, .. says]);
        Refuses("data", results, settings with { Data = new("scenes", "1234") }, "data pictures (00ff)", "scenes (1234)");
        Refuses("split", results, settings with { Split = "compositional" }, "split val", "compositional");
        Refuses("protocol", results, settings with { Protocol = "ppmn" }, "protocol original", "ppmn");
        Refuses("groups", results, settings with { Groups = "flmm" }, "groups png", "flmm");
        Refuses("limit", results[..10], settings with { Limit = 10 }, "20 narratives", "10 (--limit)");
        NarrativeResult[] other = [.. results];
        other[3] = other[3] with { Phrases = [.. other[3].Phrases.Select(p => p with { TruthPixels = 7 })] };
        Refuses("phrases", other, settings, "narrative 3", "of 7");
        other[3] = results[3] with { Phrases = [.. results[3].Phrases.Skip(1)] };
        Refuses("fewer", other, settings, "narrative 3");
        NoisyMethod.Write(_folder, "a256", results, settings with { Protocol = "ppmn", Size = 256 });
        NoisyMethod.Write(_folder, "a512", results, settings with { Protocol = "ppmn", Size = 512 });
        CommandRun.Of("compare", Out("a256"), Out("a512")).RefusesInOneLine("size 256", "512");
        // The original protocol judges at the picture's own size, whatever the network's.
        CommandRun.Of("compare", a, $"small={NoisyMethod.Write(_folder, "small", results, settings with { Size = 256 })}").Works();
    }

    [Fact]
    public void Folders_that_hold_no_whole_evaluation_are_named()
    {
        var results = NoisyMethod.Results(20, 1, 2);
        var a = NoisyMethod.Write(_folder, "a", results);
        void Refuses(string b, params string[] says) => CommandRun.Of("compare", a, b).RefusesInOneLine(says);
        Refuses(Out("none"), "none is not a folder");
        Directory.CreateDirectory(Out("empty"));
        Refuses(Out("empty"), "holds no report");
        File.Delete(Path.Combine(NoisyMethod.Write(_folder, "unfinished", results), "report.json"));
        Refuses(Out("unfinished"), "not finished", "--resume");
        File.Delete(Path.Combine(NoisyMethod.Write(_folder, "early", results), "journal.jsonl"));
        Refuses(Out("early"), "without journal.jsonl");
        EvaluationJournal.Write(
            Path.Combine(NoisyMethod.Write(_folder, "short", results), "journal.jsonl"),
            NoisyMethod.Settings,
            results[..5]
        );
        Refuses(Out("short"), "has 5 narratives, the report 20");
        File.WriteAllText(Path.Combine(NoisyMethod.Write(_folder, "broken", results), "report.json"), "{");
        Refuses(Out("broken"), "report.json is no report of this version");
        Refuses($"{a},{a}", "named twice");
        Refuses("x=,", "names no folder");
        CommandRun.Of("compare", a).RefusesInOneLine("nothing to compare with");
        CommandRun.Of("compare", $"same={a}", $"same={a}").RefusesInOneLine("two methods are called \"same\"");
        CommandRun.Of("compare", a, $"b={a}", "--resamples", "10").RefusesInOneLine("resamples 10", "1000 to");
    }

    [Fact]
    public void Several_seeds_are_one_method()
    {
        var folders = new ulong[] { 1, 2, 3, 4 }
            .Select(s => NoisyMethod.Write(_folder, $"s{s}", NoisyMethod.Results(30, 5, s)))
            .ToList();
        var json = JsonNode.Parse(
            CommandRun.Of("compare", $"one={folders[0]},{folders[1]}", $"{folders[2]},{folders[3]}", "--json").Works().Output
        )!;
        Assert.Equal("one", (string)json["methods"]![0]!["name"]!);
        Assert.Equal("a method", (string)json["methods"]![1]!["name"]!);
        Assert.Equal(2, json["methods"]![1]!["folders"]!.AsArray().Count);
        Assert.True((double)json["groups"]![0]!["methods"]![0]!["spread"]! > 0);
    }

    private static JsonSerializerOptions Lenient { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private string Out(string name) => _folder.File(name);
}
