using System.CommandLine;
using System.CommandLine.Invocation;

namespace Groundling.Cli;

/// <summary>--help: what a command takes, and examples of it, in lines that fit the terminal without a word broken.</summary>
internal sealed class HelpPage : SynchronousCommandLineAction
{
    private const int Widest = 100,
        Indent = 2,
        Deep = 6;

    public override int Invoke(ParseResult parseResult)
    {
        var (command, output) = (parseResult.CommandResult.Command, parseResult.InvocationConfiguration.Output);
        var width = Math.Min(Terminal.WidthOf(output) ?? Widest, Widest);
        Write(command, output, width);
        return 0;
    }

    /// <summary>The page of a command.</summary>
    /// <param name="command">A command of the tree.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="width">Columns that a line may take.</param>
    public static void Write(Command command, TextWriter output, int width)
    {
        Lines(command.Description ?? "", 0);
        output.WriteLine();
        output.WriteLine("Usage:");
        Lines(Usage(command), Indent, Deep);
        if (command.Arguments.Count > 0)
        {
            Head("Arguments:");
            foreach (var argument in command.Arguments)
                Entry(Label(argument), argument.Description);
        }
        Head("Options:");
        foreach (var option in command.Options)
            Entry(Label(option), Described(option));
        if (command is not RootCommand)
            Entry("-h, --help", "This page");
        if (command.Subcommands.Count > 0)
        {
            Head("Commands:");
            var longest = command.Subcommands.Max(sub => sub.Name.Length);
            foreach (var sub in command.Subcommands)
                Lines($"{sub.Name.PadRight(longest)}  {sub.Description}", Indent, Indent + longest + 2);
        }
        Head("Examples:");
        foreach (var (line, what) in HelpExamples.Of(command))
        {
            Lines($"# {what}", Indent);
            output.WriteLine($"  {line}"); // as it is: a line that is copied may not be broken
        }

        void Head(string title)
        {
            output.WriteLine();
            output.WriteLine(title);
        }

        void Entry(string label, string? description)
        {
            Lines(label, Indent, Deep);
            Lines(description ?? "", Deep);
        }

        void Lines(string text, int indent, int? later = null)
        {
            foreach (var line in WordWrap.Lines(text, width, indent, later ?? indent))
                output.WriteLine(line);
        }
    }

    private static string Usage(Command command)
    {
        var words = new List<string> { CommandLine.Words(command) };
        if (command.Subcommands.Count > 0)
            words.Add("COMMAND");
        words.AddRange(command.Arguments.Select(Label));
        words.AddRange(command.Options.Where(option => option.Required).Select(option => $"{option.Name} {option.HelpName}"));
        words.Add("[options]");
        return string.Join(' ', words);
    }

    private static string Label(Argument argument) =>
        $"{(argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : argument.Name)}{(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")}";

    private static string Label(Option option)
    {
        var names = option
            .Aliases.Where(alias => alias is not "-?" and not "/?" and not "/h")
            .Append(option.Name)
            .OrderBy(name => name.Length);
        return $"{string.Join(", ", names)}{(option.HelpName is { } value ? $" {value}" : "")}";
    }

    private static string Described(Option option) =>
        option.Required ? $"{option.Description} (needed)"
        : option.HasDefaultValue && option.HelpName is not null && option.GetDefaultValue() is { } usual and not (string[] or "")
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{option.Description} [{usual} if not given]")
        : option.Description ?? "";
}
