using System.CommandLine;

namespace Groundling.Cli;

/// <summary>A command as a shell completes it.</summary>
/// <param name="Path">Its words after the program's: "", "ground", "data check".</param>
/// <param name="Description">What it does.</param>
/// <param name="Commands">The commands below it, each with what it does.</param>
/// <param name="Options">Its options.</param>
internal sealed record CompletionWords(
    string Path,
    string Description,
    IReadOnlyList<(string Name, string Description)> Commands,
    IReadOnlyList<CompletionOption> Options
)
{
    /// <summary>A command and all below it.</summary>
    public static IReadOnlyList<CompletionWords> Of(Command command) =>
        [
            new(
                command is RootCommand ? "" : CommandLine.Words(command)["groundling ".Length..],
                command.Description ?? "",
                [.. command.Subcommands.Select(sub => (sub.Name, sub.Description ?? ""))],
                [.. command.Options.Select(CompletionOption.Of).Append(CompletionOption.Help).DistinctBy(option => option.Name)]
            ),
            .. command.Subcommands.SelectMany(Of),
        ];
}

/// <summary>An option as a shell completes it.</summary>
/// <param name="Name">With its two hyphens.</param>
/// <param name="Letter">Its short form without the hyphen, or null.</param>
/// <param name="Description">What it does.</param>
/// <param name="TakesValue">Whether a value follows.</param>
/// <param name="Values">The values that it takes, where they can be listed.</param>
internal sealed record CompletionOption(string Name, char? Letter, string Description, bool TakesValue, IReadOnlyList<string> Values)
{
    public static CompletionOption Help { get; } = new("--help", 'h', "Show what there is", TakesValue: false, []);

    public static CompletionOption Of(Option option) =>
        option.Name == Help.Name
            ? Help
            : new(
                option.Name,
                option.Aliases.FirstOrDefault(alias => alias.Length == 2 && alias[0] == '-' && char.IsAsciiLetter(alias[1]))?[1],
                option.Description ?? "",
                option.HelpName is not null,
                option.HelpName is { } values && values.Contains('|', StringComparison.Ordinal) ? values.Split('|') : []
            );
}
