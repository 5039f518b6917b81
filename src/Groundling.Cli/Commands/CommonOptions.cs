using System.CommandLine;
using Groundling.Core;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Torch;
using static TorchSharp.torch;

namespace Groundling.Cli.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    public static Option<string?> Caption() =>
        new("--caption", "-c")
        {
            Description =
                "The caption, with its phrases in [square brackets]; without brackets and --phrases, the noun phrases found in it (English)",
            HelpName = "TEXT",
        };

    public static Option<string?> Phrases() =>
        new("--phrases", "-p")
        {
            Description = "The phrases to ground, as they stand in the caption, separated by semicolons",
            HelpName = "A;B",
        };

    public static Option<string?> Narrative() =>
        new("--narrative") { Description = "A png_coco_*.json file to take the caption and its phrases from", HelpName = "FILE" };

    public static Option<int?> Index() =>
        new("--index") { Description = "Which narrative of --narrative, counted from 0; the first if not given", HelpName = "K" };

    public static Option<int?> Size() =>
        new("--size")
        {
            Description = "The network's longer side in pixels; 0 keeps the picture's own; the model's own size if not given",
            HelpName = "PIXELS",
        };

    public static Option<double?> Threshold()
    {
        var option = NumberOption.Optional("--threshold", "-t");
        (option.Description, option.HelpName) = (
            "A pixel belongs to a phrase when its probability is greater; the model's own threshold if not given, 0.5 untrained",
            "P"
        );
        return option;
    }

    public static Option<string?> Head() =>
        new("--head")
        {
            Description =
                "Whose masks: the mask decoder's, the phrase adapter's, the UNet's attention, or that of static prompts refined without training; if not given the decoder's, untrained the attention",
            HelpName = "decoder|adapter|diffusion|refined",
        };

    public static MaskHead? ReadHead(string? name) =>
        name switch
        {
            null => null,
            "decoder" => MaskHead.Decoder,
            "adapter" => MaskHead.Adapter,
            "diffusion" => MaskHead.Diffusion,
            "refined" => MaskHead.Refined,
            _ => throw new InputException($"--head {name} is not known: decoder, adapter, diffusion, refined"),
        };

    public static Option<int?> Threads() =>
        new("--threads") { Description = "Threads to compute with; all cores if not given", HelpName = "N" };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON instead of a table" };

    public static Option<bool> Quiet() => new("--quiet", "-q") { Description = "Print errors and warnings only" };

    public static void UseThreads(int? threads)
    {
        if (threads is < 1 or > 1024)
            throw new InputException($"--threads {threads} is out of range: 1 to 1024");
        if (threads is not { } count)
            return;
        EngineException.ThrowIfUnavailable();
        set_num_threads(count);
    }

    /// <summary>Commas alone are a slip, unless the caption has the whole as it stands.</summary>
    private static void RequireSemicolons(string phrases, string? caption)
    {
        var parts = phrases.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || phrases.Contains(';') || caption?.Contains(phrases.Trim(), StringComparison.Ordinal) == true)
            return;
        var meant = PlainText.Excerpt(string.Join("; ", parts));
        throw new InputException(
            $"--phrases has commas and no semicolon: are these {parts.Length} phrases? Then write \"{meant}\"; one phrase with a comma stands in --caption in [brackets]"
        );
    }

    /// <summary>The caption that the options describe, or null where they describe none.</summary>
    public static Caption? ReadCaption(string? text, string? phrases, string? narrative, int? index)
    {
        if (index is not null && narrative is null)
            throw new InputException("--index says which narrative of a file; name the file by --narrative");
        if (narrative is not null)
        {
            if (text is not null || phrases is not null)
                throw new InputException("--narrative already names caption and phrases; leave out --caption and --phrases");
            var placed = NarrativeReader.ReadOne(narrative, index ?? 0).ToCaption();
            var grounded = placed.GroundedOnly();
            return grounded.Phrases.Count > 0 ? grounded
                : placed.Caption.Phrases.Count > 0 ? placed.Caption
                : throw new InputException($"{narrative}: narrative {index ?? 0} has no noun phrases; choose another --index");
        }
        if (phrases is not null)
        {
            RequireSemicolons(phrases, text);
            return Groundling.Caption.FromPhrases(
                text,
                phrases.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            );
        }
        return text is null ? null : Groundling.Caption.Parse(text);
    }
}
