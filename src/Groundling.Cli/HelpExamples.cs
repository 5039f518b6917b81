using System.CommandLine;

namespace Groundling.Cli;

/// <summary>What stands at the end of each --help: lines that work as they are, with one's own files for the names.</summary>
internal static class HelpExamples
{
    private static readonly Dictionary<string, (string Line, string What)[]> All = new()
    {
        ["groundling"] =
        [
            ("groundling ground photo.jpg -c \"a man on a grey horse\"", "Masks for a photo's phrases, in the folder out"),
            ("groundling serve", "A page to try it on"),
            ("groundling completion bash", "Completion for bash; or zsh, fish, pwsh"),
        ],
        ["ground"] =
        [
            ("groundling ground samples/harbor.png", "The caption of harbor.txt, the embedded model"),
            (
                "groundling ground horses.jpg -c \"[a man] on [a grey horse]\" -m stable-diffusion-v1-5/stable-diffusion-v1-5",
                "A photograph, a model of the hub, phrases in brackets"
            ),
            ("groundling ground photos -o masks --format files,yolo-seg --resume", "A folder of pictures with their .txt captions"),
        ],
        ["features"] =
        [
            ("groundling features samples/harbor.png -c \"[a lighthouse] by [the sea]\" -o harbor.safetensors", "One pass, as tensors"),
        ],
        ["new-model"] = [("groundling new-model --preset tiny --out tiny", "A small model of random weights, for tests")],
        ["inspect"] = [("groundling inspect models/scenes", "Parts, parameters and types; whether it loads")],
        ["bench"] =
        [
            ("groundling bench --threads 2", "The embedded model"),
            ("groundling bench -m sd15 --size 512", "Another, at 512 pixels"),
            ("groundling bench -m sd15 --compare", "In every way that this processor has, in turns"),
        ],
        ["phrases"] =
        [
            ("groundling phrases \"a man on a grey horse\"", "The phrases of a caption"),
            ("groundling phrases --file captions.txt --json", "A line of JSON for each line of a file"),
        ],
        ["scenes"] =
        [
            ("groundling scenes --out data --split val --count 100", "100 drawn pictures as a benchmark"),
            ("groundling scenes --out data --split novel --count 40", "40 with things that no other split has"),
        ],
        ["data"] =
        [
            ("groundling data check coco --split val", "What a benchmark's folder holds"),
            ("groundling data new mine --pictures photos", "A benchmark of your own pictures"),
        ],
        ["data new"] =
        [
            ("groundling data new mine --pictures photos", "Pictures with their .txt captions; browse mine --edit goes on"),
            ("groundling data new mine --split train --pictures \"photos/*.jpg\"", "Some of them, to train on"),
        ],
        ["data edit"] =
        [
            ("groundling data edit mine --print > edits.jsonl", "The annotations as edits, a line a picture"),
            ("groundling data edit copy --edits edits.jsonl", "The same edits on the same pictures elsewhere"),
        ],
        ["data export"] = [("groundling data export mine --format coco-panoptic,yolo-seg", "What was edited, for other tools")],
        ["data check"] =
        [
            ("groundling data check coco --split val", "Everything, pictures too"),
            ("groundling data check coco --split train --annotations-only", "The annotations alone, in seconds"),
        ],
        ["evaluate"] =
        [
            ("groundling evaluate data --limit 50", "The embedded model on 50 narratives"),
            ("groundling evaluate coco -g runs/png/checkpoints/best -o report --resume", "A run's best, going on where it stopped"),
            ("groundling evaluate coco --baseline whole-image", "What no model reaches, too"),
        ],
        ["score"] = [("groundling score predictions.jsonl coco -o report", "Anybody's masks, a line of JSON each")],
        ["compare"] =
        [
            ("groundling compare report-a report-b -o comparison", "Two evaluations of the same data, and a page"),
            ("groundling compare mine-1,mine-2,mine-3 theirs", "Three seeds together against another"),
        ],
        ["runs"] = [("groundling runs runs", "Everything that was trained and measured in a folder")],
        ["mcp"] = [("groundling mcp --allow photos", "Tools over standard input and output; they may read photos")],
        ["train"] =
        [
            ("groundling train configs/scenes.json -d data -o runs/scenes", "A run from a config"),
            ("groundling train configs/scenes.json -d data -o runs/scenes --resume", "Going on after a stop"),
        ],
        ["cache"] =
        [
            ("groundling cache fill -m sd15-int8", "Before the first picture is asked for"),
            ("groundling cache list", "What is kept"),
        ],
        ["cache list"] = [("groundling cache list", "What is kept, newest first")],
        ["cache fill"] = [("groundling cache fill -m sd15-int8", "Before the first picture is asked for")],
        ["cache clear"] = [("groundling cache clear", "All of it")],
        ["quantize"] =
        [
            ("groundling quantize stable-diffusion-v1-5 -d data -o sd15-int8", "A model of integers, calibrated on the val split of data"),
            (
                "groundling quantize -d data -o scenes-int8 --similarity 0.999",
                "The model that comes with the program, nearer to its floats"
            ),
        ],
        ["export"] = [("groundling export runs/scenes/checkpoints/best -o my-model", "A folder that every command takes as --model")],
        ["pretrain"] = [("groundling pretrain configs/pretrain-whole.json -d data -o runs/whole", "A text-to-image model from nothing")],
        ["sample"] = [("groundling sample \"a red house on the grass\" -n 4 --grid 2", "Four pictures of a caption in one PNG")],
        ["serve"] =
        [
            ("groundling serve", "The page at http://127.0.0.1:8080"),
            ("groundling serve --host 0.0.0.0 --api-key SECRET -m sd15", "For others, with a key"),
        ],
        ["browse"] =
        [
            ("groundling browse coco", "COCO's narratives at http://127.0.0.1:8090"),
            ("groundling browse coco --report old=a --report new=b", "With the scores and masks of two evaluations"),
            ("groundling browse mine --edit", "Also correct them: phrases, segments, categories"),
        ],
        ["pull"] = [("groundling pull stable-diffusion-v1-5/stable-diffusion-v1-5", "Stable Diffusion 1.5 into the hub's cache")],
        ["completion"] =
        [
            ("groundling completion bash > ~/.local/share/bash-completion/completions/groundling", "bash, from the next shell on"),
            ("groundling completion fish > ~/.config/fish/completions/groundling.fish", "fish"),
            ("groundling completion pwsh >> $PROFILE", "PowerShell"),
        ],
    };

    /// <summary>The examples of a command, two or three where there is so much to show.</summary>
    public static IReadOnlyList<(string Line, string What)> Of(Command command) =>
        All[command is RootCommand ? "groundling" : CommandLine.Words(command)["groundling ".Length..]];
}
