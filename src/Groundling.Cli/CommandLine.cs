using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Groundling.Cli.Commands;
using Groundling.Core;
using Groundling.Diffusion;
using Groundling.Torch;
using Groundling.Training;

namespace Groundling.Cli;

/// <summary>The groundling command: its subcommands, and what becomes of their errors.</summary>
public static partial class CommandLine
{
    /// <summary>Exit code of a fault that the user can mend; one line on the error stream says how.</summary>
    public const int UserError = 2;

    /// <summary>Exit code after Ctrl-C, SIGTERM or SIGUSR1.</summary>
    public const int Cancelled = 130;

    /// <summary>The arguments that name files and folders.</summary>
    private static readonly string[] Places = ["IMAGE", "DATA", "CONFIG", "MODEL", "CHECKPOINT", "PREDICTIONS", "DIR", "REPORT"];

    /// <summary>The commands whose work several processes can share.</summary>
    private static readonly string[] Shared = ["ground", "evaluate", "train", "pretrain"];

    /// <summary>A caption may begin with "@": nothing is read from files that nobody meant.</summary>
    private static readonly ParserConfiguration AsTyped = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs one command line, all of it on the calling thread (see <see cref="MemoryAllocator"/>).</summary>
    /// <param name="arguments">As the shell gives them.</param>
    /// <param name="output">Results.</param>
    /// <param name="error">Progress, warnings and errors.</param>
    /// <param name="processes">The processes that share the work; this one alone where null.</param>
    /// <param name="stop">Cancelled to stop early, leaving whole files only.</param>
    /// <returns>0, <see cref="UserError"/>, <see cref="Cancelled"/>, or 70 for a fault of the program itself.</returns>
    public static int Run(
        string[] arguments,
        TextWriter output,
        TextWriter error,
        ICollective? processes = null,
        CancellationToken stop = default
    )
    {
        processes ??= SingleProcess.Instance;
        var root = Commands(processes, stop);
        var parsed = root.Parse(arguments, AsTyped);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpPage)
        {
            error.WriteLine(
                $"error: {PlainText.InOneLine(Fault(parsed))} ({Words(parsed.CommandResult.Command)} --help lists what there is)"
            );
            return UserError;
        }
        if (EmptyPlace(parsed) is { } empty)
        {
            error.WriteLine($"error: {empty}");
            return UserError;
        }
        if (processes.Size > 1 && !Shared.Contains(parsed.CommandResult.Command.Name))
        {
            error.WriteLine(
                $"error: '{parsed.CommandResult.Command.Name}' does not share its work between processes ({string.Join(", ", Shared)} do); start it without mpirun"
            );
            return UserError;
        }
        try
        {
            return parsed.Invoke(
                new InvocationConfiguration
                {
                    Output = output,
                    Error = error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                }
            );
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("stopped");
            return Cancelled;
        }
        catch (Exception e) when (EngineException.Of(e) is { } fault)
        {
            error.WriteLine($"error: {fault.Message}");
            return UserError;
        }
        catch (Exception e) when (IsUserError(e))
        {
            error.WriteLine($"error: {LineOf(e)}{OptionsOf(e, parsed.CommandResult.Command)}");
            return UserError;
        }
#pragma warning disable CA1031 // the outermost net: what each kind's own reader should have caught, and no bare stack trace to the user
        catch (Exception e)
#pragma warning restore CA1031
        {
            error.WriteLine(FaultReport.Write(e, arguments));
            return FaultReport.Code;
        }
    }

    /// <summary>What to tell the user of a fault that is the user's.</summary>
    internal static string LineOf(Exception e) => e is GroundlingException ? e.Message : FileFault.LineOf(e);

    /// <summary>All commands.</summary>
    internal static RootCommand Commands(ICollective processes, CancellationToken stop)
    {
        var root = new RootCommand("Panoptic narrative grounding: a mask for every noun phrase of a caption.")
        {
            GroundCommand.Create(processes, stop),
            FeaturesCommand.Create(stop),
            NewModelCommand.Create(stop),
            InspectCommand.Create(stop),
            BenchCommand.Create(stop),
            PhrasesCommand.Create(stop),
            ScenesCommand.Create(stop),
            DataCommand.Create(stop),
            EvaluateCommand.Create(processes, stop),
            ScoreCommand.Create(stop),
            CompareCommand.Create(stop),
            RunsCommand.Create(),
            TrainCommand.Create(processes, stop),
            ExportCommand.Create(stop),
            QuantizeCommand.Create(stop),
            PretrainCommand.Create(processes, stop),
            SampleCommand.Create(stop),
            BrowseCommand.Create(stop),
            ServeCommand.Create(stop),
            McpCommand.Create(stop),
            PullCommand.Create(stop),
            CacheCommand.Create(stop),
            CompletionCommand.Create(),
        };
        root.Options.OfType<HelpOption>().Single().Action = new HelpPage();
        return root;
    }

    /// <summary>The command with those above it, as it is typed.</summary>
    internal static string Words(Command command) =>
        command is RootCommand ? "groundling" : $"{Words((Command)command.Parents.First())} {command.Name}";

    /// <summary>What of a file or a folder was given as "" by a script whose variable is empty; null where nothing was.</summary>
    private static string? EmptyPlace(ParseResult parsed)
    {
        var empty = parsed.CommandResult.Children.Where(given => given.Tokens.Any(token => token.Value.Length == 0)).ToList();
        return empty.OfType<OptionResult>().FirstOrDefault(given => given.Option.HelpName is "DIR" or "FILE" or "RUN" or "PATH" or "MODEL")
                is { Option: var option }
                ? $"{option.Name} is empty: give {option.HelpName}, or leave it out"
            : empty.OfType<ArgumentResult>().FirstOrDefault(given => Places.Contains(given.Argument.Name)) is { Argument: var argument }
                ? $"{argument.Name} is empty: name one"
            : null;
    }

    /// <summary>The command's options for what a fault is about, where its message does not name them.</summary>
    private static string OptionsOf(Exception fault, Command command)
    {
        var names = FaultParameters
            .Of(fault)
            .Select(parameter => $"--{Capital().Replace(parameter, letter => $"-{letter.Value.ToLowerInvariant()}")}");
        var known = names
            .Where(name => command.Options.Any(option => option.Name == name) && !fault.Message.Contains(name, StringComparison.Ordinal))
            .ToList();
        return known.Count == 0 ? "" : $" ({string.Join(", ", known)})";
    }

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();

    private static string Fault(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.Count == 0)
            return InPlainWords(parsed.Errors[0].Message);
        var word = parsed.UnmatchedTokens[0];
        return word.StartsWith('-')
            ? $"There is no option '{word}'{Suggested(word, command)}."
            : $"'{word}' is not known here{Meant(Nearest.To(word, command.Subcommands.Select(sub => sub.Name)))}.";
    }

    /// <summary>", did you mean '--threshold'?" for an option that a command does not have; nothing where none is near.</summary>
    internal static string Suggested(string option, Command command) =>
        Meant(Nearest.To(option, command.Options.Select(known => known.Name).Append("--help")));

    private static string Meant(string? name) => name is null ? "" : $"; did you mean '{name}'";

    private static string InPlainWords(string message) =>
        TypeName()
            .Replace(
                message,
                match => match.Value.Contains("Int", StringComparison.Ordinal) ? ": a whole number is needed." : ": a number is needed."
            );

    [GeneratedRegex(@" as expected type '[^']*(\[[^']*\])?'\.")]
    private static partial Regex TypeName();

    /// <summary>Whether an exception says what the user should mend, rather than that the program is wrong.</summary>
    public static bool IsUserError(Exception e) => e is GroundlingException or IOException or UnauthorizedAccessException;
}
