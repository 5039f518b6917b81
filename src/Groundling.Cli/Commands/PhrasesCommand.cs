using System.CommandLine;
using System.Text;
using System.Text.Json;
using Groundling.Core;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Spectre.Console;

namespace Groundling.Cli.Commands;

/// <summary>groundling phrases: the noun phrases of captions, as ground finds them.</summary>
internal static class PhrasesCommand
{
    private const string StandardInput = "-";

    /// <summary>A phrase as JSON; offsets are in UTF-16 units, as in .NET, Java and JavaScript.</summary>
    private sealed record Found(string Text, int Start, int End, bool Plural);

    public static Command Create(CancellationToken stop)
    {
        var text = new Argument<string?>("TEXT") { Description = "A caption, in English", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("--file", "-f")
        {
            Description = "A file with a caption on each line; - reads the standard input",
            HelpName = "FILE",
        };
        var json = CommonOptions.Json();
        json.Description =
            "Print an array of {text, start, end, plural} a caption, each on its line; start and end count UTF-16 units from 0";
        var command = new Command("phrases", "Find the noun phrases of captions.") { text, file, json };
        command.SetAction(parsed =>
        {
            var (caption, path, output) = (parsed.GetValue(text), parsed.GetValue(file), parsed.InvocationConfiguration.Output);
            if (caption is null == path is null)
                throw new InputException("give either a caption or --file FILE");
            if (path is null)
            {
                if (parsed.GetValue(json))
                    output.WriteLine(Json(caption!));
                else
                    Print(caption!, output);
                return;
            }
            foreach (var line in Lines(path, stop))
            {
                stop.ThrowIfCancellationRequested();
                output.WriteLine(parsed.GetValue(json) ? Json(line) : Marked(line, NounPhraseChunker.English.Chunk(line)));
            }
        });
        return command;
    }

    private static IEnumerable<string> Lines(string path, CancellationToken stop)
    {
        if (path == StandardInput && InputIsClosed())
            throw new InputException("standard input is closed: give the captions through a pipe, or name a file");
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        using var reader = new StreamReader(path == StandardInput ? Console.OpenStandardInput() : File.OpenRead(path), strict);
        for (var number = 1; Next(reader, path, number, stop) is { } line; number++)
            yield return line;
    }

    private static string? Next(StreamReader reader, string path, int number, CancellationToken stop)
    {
        try
        {
            // Reading waits for whoever writes, and hears of nothing else: it is left behind where the process is to stop.
            return path == StandardInput
                ? Task.Run(reader.ReadLine, CancellationToken.None).WaitAsync(stop).GetAwaiter().GetResult()
                : reader.ReadLine();
        }
        catch (DecoderFallbackException e)
        {
            throw new InputException(
                $"{(path == StandardInput ? "standard input" : path)}: is not UTF-8 text from line {number} on; save it as UTF-8",
                e
            );
        }
    }

    /// <summary>Whether the process was begun without an input: the runtime's own first file has its number then, and never ends.</summary>
    private static bool InputIsClosed()
    {
        const string files = "/proc/self/fdinfo",
            flags = "flags:";
        const long closedOnExecution = 0x80000; // O_CLOEXEC: no file that was handed over has it
        if (!Directory.Exists(files))
            return false;
        var file = Path.Combine(files, "0");
        return !File.Exists(file)
            || File.ReadLines(file).FirstOrDefault(line => line.StartsWith(flags, StringComparison.Ordinal)) is { } line
                && (Convert.ToInt64(line[flags.Length..].Trim(), 8) & closedOnExecution) != 0;
    }

    private static string Json(string caption) =>
        JsonSerializer.Serialize(
            NounPhraseChunker
                .English.Chunk(caption)
                .Select(phrase => new Found(phrase.Text, phrase.Start, phrase.Start + phrase.Length, phrase.Plural)),
            SnakeCaseJson.OneLine
        );

    private static void Print(string caption, TextWriter output)
    {
        var phrases = NounPhraseChunker.English.Chunk(caption);
        if (phrases.Count == 0)
        {
            output.WriteLine("no noun phrases");
            return;
        }
        output.WriteLine(Marked(caption, phrases));
        var table = Terminal.Table(flexible: 1, "#", "phrase", "characters", "number");
        foreach (var (number, phrase) in phrases.Index())
            table.AddRow(
                $"{number + 1}",
                Terminal.Text(phrase.Text),
                $"{phrase.Start} to {phrase.Start + phrase.Length}",
                phrase.Plural ? "plural" : "singular"
            );
        Terminal.On(output).Write(table);
    }

    /// <summary>The caption with its phrases in brackets, as --caption reads it.</summary>
    private static string Marked(string caption, IReadOnlyList<NounPhrase> phrases)
    {
        var marked = new StringBuilder();
        var at = 0;
        foreach (var phrase in phrases)
        {
            var end = phrase.Start + phrase.Length;
            marked.Append(Escaped(caption[at..phrase.Start])).Append('[').Append(Escaped(caption[phrase.Start..end])).Append(']');
            at = end;
        }
        return marked.Append(Escaped(caption[at..])).ToString();
    }

    private static string Escaped(string text) =>
        text.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
}
