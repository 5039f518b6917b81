using System.Globalization;
using System.Text;

namespace Groundling.Cli;

/// <summary>Completion scripts of the shells, made from the commands themselves; they start no program while one types.</summary>
internal static class CompletionScripts
{
    public static string Bash(IReadOnlyList<CompletionWords> commands)
    {
        var script = new StringBuilder("# groundling completion bash > ~/.local/share/bash-completion/completions/groundling\n");
        script.Append("_groundling()\n{\n");
        script.Append("    local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" command= words= i\n");
        script.Append("    COMPREPLY=()\n    for ((i = 1; i < COMP_CWORD; i++)); do\n        case \"$command ${COMP_WORDS[i]}\" in\n");
        foreach (var command in commands.Where(command => command.Path.Length > 0))
        {
            var parts = command.Path.Split(' ');
            script.Append(
                CultureInfo.InvariantCulture,
                $"            \"{string.Join(' ', parts[..^1])} {parts[^1]}\") command=\"{command.Path}\" ;;\n"
            );
        }
        script.Append("        esac\n    done\n    case \"$command $before\" in\n");
        foreach (var (command, option) in Listed(commands))
            script.Append(
                CultureInfo.InvariantCulture,
                $"        {Names(command, option)}) words=\"{string.Join(' ', option.Values)}\" ;;\n"
            );
        script.Append("    esac\n    if [[ -z $words && $word == -* ]]; then\n        case \"$command\" in\n");
        foreach (var command in commands)
            script.Append(
                CultureInfo.InvariantCulture,
                $"            \"{command.Path}\") words=\"{string.Join(' ', command.Options.Select(option => option.Name))}\" ;;\n"
            );
        script.Append("        esac\n    elif [[ -z $words ]]; then\n        case \"$command\" in\n");
        foreach (var command in commands.Where(command => command.Commands.Count > 0))
            script.Append(
                CultureInfo.InvariantCulture,
                $"            \"{command.Path}\") words=\"{string.Join(' ', command.Commands.Select(sub => sub.Name))}\" ;;\n"
            );
        script.Append("        esac\n    fi\n    [[ -n $words ]] && COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n    return 0\n}\n");
        return script.Append("complete -o default -F _groundling groundling\n").ToString();

        static string Names(CompletionWords command, CompletionOption option) =>
            $"\"{command.Path} {option.Name}\"" + (option.Letter is { } letter ? $"|\"{command.Path} -{letter}\"" : "");
    }

    /// <summary>zsh reads bash's by its own bashcompinit.</summary>
    public static string Zsh(IReadOnlyList<CompletionWords> commands) =>
        "#compdef groundling\n# groundling completion zsh >> ~/.zshrc, after compinit\nautoload -U +X bashcompinit && bashcompinit\n"
        + string.Concat(Bash(commands).Split('\n').Skip(1).Select(line => line + "\n")).TrimEnd('\n')
        + "\n";

    public static string Fish(IReadOnlyList<CompletionWords> commands)
    {
        var script = new StringBuilder("# groundling completion fish > ~/.config/fish/completions/groundling.fish\n");
        foreach (var command in commands)
        {
            var parts = command.Path.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var seen = string.Concat(parts.Select(part => $"__fish_seen_subcommand_from {part}; and ")).TrimEnd();
            foreach (var (name, description) in command.Commands)
            {
                var when =
                    parts.Length == 0
                        ? "__fish_use_subcommand"
                        : $"{seen} not __fish_seen_subcommand_from {string.Join(' ', command.Commands.Select(sub => sub.Name))}";
                script.Append(
                    CultureInfo.InvariantCulture,
                    $"complete -c groundling -f -n {Quoted(when)} -a {name} -d {Quoted(First(description))}\n"
                );
            }
            foreach (var option in command.Options)
            {
                var condition = parts.Length == 0 ? "__fish_use_subcommand" : seen[..^"; and".Length];
                script.Append(CultureInfo.InvariantCulture, $"complete -c groundling -n {Quoted(condition)} -l {option.Name[2..]}");
                if (option.Letter is { } letter)
                    script.Append(CultureInfo.InvariantCulture, $" -s {letter}");
                if (option.Values.Count > 0)
                    script.Append(CultureInfo.InvariantCulture, $" -x -a {Quoted(string.Join(' ', option.Values))}");
                else if (option.TakesValue)
                    script.Append(" -r");
                script.Append(CultureInfo.InvariantCulture, $" -d {Quoted(First(option.Description))}\n");
            }
        }
        return script.ToString();

        static string Quoted(string text) =>
            $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
    }

    public static string PowerShell(IReadOnlyList<CompletionWords> commands)
    {
        var script = new StringBuilder("# groundling completion pwsh >> $PROFILE\n");
        script.Append("Register-ArgumentCompleter -Native -CommandName groundling -ScriptBlock {\n    param($word, $typed, $position)\n");
        script.Append("    $words = @{\n");
        foreach (var command in commands)
            Entry(command.Path, command.Commands.Select(sub => sub.Name).Concat(command.Options.Select(option => option.Name)));
        script.Append("    }\n    $values = @{\n");
        foreach (var (command, option) in Listed(commands))
        {
            Entry($"{command.Path} {option.Name}", option.Values);
            if (option.Letter is { } letter)
                Entry($"{command.Path} -{letter}", option.Values);
        }
        script.Append(
            """
                }
                $command = ''
                $before = ''
                foreach ($element in @($typed.CommandElements | Select-Object -Skip 1)) {
                    if ($element.Extent.EndOffset -ge $position -and $word) { break }
                    $before = "$element"
                    $longer = "$command $element".Trim()
                    if ($words.ContainsKey($longer)) { $command = $longer }
                }
                $found = if ($values.ContainsKey("$command $before")) { $values["$command $before"] } else { $words[$command] }
                $found | Where-Object { $_ -like "$word*" } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }

            """.ReplaceLineEndings("\n")
        );
        return script.ToString();

        void Entry(string key, IEnumerable<string> values) =>
            script.Append(
                CultureInfo.InvariantCulture,
                $"        '{key}' = @({string.Join(", ", values.Select(value => $"'{value}'"))})\n"
            );
    }

    private static IEnumerable<(CompletionWords Command, CompletionOption Option)> Listed(IEnumerable<CompletionWords> commands) =>
        commands.SelectMany(command => command.Options.Where(option => option.Values.Count > 0).Select(option => (command, option)));

    /// <summary>What a menu has room for.</summary>
    private static string First(string description) => description.Split("; ")[0].Split(": ")[0];
}
