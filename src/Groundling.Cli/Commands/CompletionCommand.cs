using System.CommandLine;

namespace Groundling.Cli.Commands;

/// <summary>groundling completion: a script that has a shell complete commands, options and their values.</summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish", "pwsh"];

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", Shells) };
        var command = new Command("completion", "Print a script that completes commands and options in a shell.") { shell };
        command.SetAction(parsed =>
        {
            var words = CompletionWords.Of(parsed.RootCommandResult.Command);
            parsed.InvocationConfiguration.Output.Write(
                parsed.GetValue(shell) switch
                {
                    "bash" => CompletionScripts.Bash(words),
                    "zsh" => CompletionScripts.Zsh(words),
                    "fish" => CompletionScripts.Fish(words),
                    "pwsh" => CompletionScripts.PowerShell(words),
                    var other => throw new InputException($"the shell '{other}' is not known: {string.Join(", ", Shells)}"),
                }
            );
        });
        return command;
    }
}
