using System.CommandLine;
using Groundling.Cli;
using Groundling.Tests.Data;

namespace Groundling.Tests.Cli;

/// <summary>What helps somebody who types: --help, suggestions, completion, messages in whole words.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static RootCommand Root { get; } = CommandLine.Commands(Groundling.Training.SingleProcess.Instance, default);

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    [Fact]
    public void Every_page_fits_60_columns_and_loses_no_word()
    {
        foreach (var command in All(Root))
        {
            using var page = new StringWriter();
            HelpPage.Write(command, page, 60);
            var text = CommandRun.Lines(page);
            var lines = text.Split('\n');
            var examples = HelpExamples.Of(command).Select(example => $"  {example.Line}").ToList();
            Assert.All(lines.Except(examples).Where(line => line.TrimStart().Contains(' ')), line => Assert.InRange(line.Length, 0, 60));
            var words = text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ToHashSet();
            Assert.All(
                command.Options.SelectMany(option => (option.Description ?? "").Split(' ')),
                word => Assert.Contains(word, words.Append(""))
            );
        }
    }

    [Fact]
    public void Every_page_ends_with_examples_that_are_understood()
    {
        foreach (var command in All(Root))
        {
            var examples = HelpExamples.Of(command);
            Assert.InRange(examples.Count, 1, 3);
            foreach (var (line, _) in examples)
            {
                Assert.StartsWith(command is RootCommand or { Subcommands.Count: > 0 } ? "groundling" : CommandLine.Words(command), line);
                var parsed = Root.Parse(line["groundling ".Length..].Split('>')[0].Trim());
                Assert.True(parsed.Errors.Count == 0, $"{line}: {string.Join("; ", parsed.Errors)}");
            }
            Assert.EndsWith(examples[^1].Line, HelpOf(command).TrimEnd());
        }
    }

    [Theory]
    [InlineData("gruond a.png", "'gruond' is not known here; did you mean 'ground'.")]
    [InlineData("groun", "did you mean 'ground'")]
    [InlineData("eval", "did you mean 'evaluate'")]
    [InlineData("data chekc", "did you mean 'check'")]
    [InlineData("ground a.png --treshold 0.3", "no option '--treshold'; did you mean '--threshold'")]
    [InlineData("phrases x --jsn", "no option '--jsn'; did you mean '--json'")]
    [InlineData("scenes --out x --slpit val", "did you mean '--split'")]
    public void What_was_meant_is_asked(string line, string says) => CommandRun.Of(line.Split(' ')).RefusesInOneLine(says);

    [Theory]
    [InlineData("paint")]
    [InlineData("ground a.png --hue red")]
    [InlineData("ground a.png -z")]
    public void Nothing_is_suggested_where_nothing_is_near(string line) =>
        Assert.DoesNotContain("did you mean", CommandRun.Of(line.Split(' ')).Refuses());

    [Theory]
    [InlineData("groundling gro", "ground")]
    [InlineData("groundling ground --thr", "--threshold --threads")]
    [InlineData("groundling ground --head ", "decoder adapter diffusion refined")]
    [InlineData("groundling ground a.png --head d", "decoder diffusion")]
    [InlineData("groundling data ", "check edit export new")]
    [InlineData("groundling data check --sp", "--split")]
    [InlineData("groundling evaluate --protocol p", "ppmn")]
    public void Bash_completes(string typed, string expected)
    {
        Assert.SkipUnless(!OperatingSystem.IsWindows() && File.Exists("/bin/bash"), "needs bash");
        var script = _folder.Write("completion.bash", CommandRun.Of("completion", "bash").Works().Output);
        var words = typed.Split(' ');
        var set = string.Join(' ', words.Select(word => $"'{word}'"));
        var line = $"source {script}; COMP_WORDS=({set}); COMP_CWORD={words.Length - 1}; _groundling; echo ${{COMPREPLY[@]}}";
        var completed = Programs.Run("/bin/bash", "--norc", "-c", line).Output;
        var found = completed.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Split(' ').Order(), found.Order());
    }

    [Theory]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public void Each_script_knows_every_command_and_option(string shell)
    {
        var script = CommandRun.Of("completion", shell).Works().Output;
        foreach (var command in All(Root))
        {
            Assert.Contains(command is RootCommand ? "groundling" : command.Name, script);
            foreach (var option in command.Options.Select(option => option.Name))
                Assert.Contains(shell == "fish" ? $"-l {option[2..]}" : option, script);
        }
        CommandRun.Of("completion", "tcsh").RefusesInOneLine("'tcsh' is not known: bash, zsh, fish, pwsh");
    }

    [Fact]
    public void A_terminals_messages_break_between_words()
    {
        const string message = "note: no --model given: the embedded model answers, which knows the drawn world, not photographs";
        using var narrow = new StringWriter();
        using (var writer = new WrappingWriter(narrow, () => 60))
        {
            writer.WriteLine(message);
            writer.WriteLine("short");
        }
        var lines = CommandRun.Lines(narrow).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 60));
        Assert.Equal($"{message} short", string.Join(' ', lines));
        using var file = new StringWriter();
        using (var writer = new WrappingWriter(file, () => null))
            writer.WriteLine(message);
        Assert.Equal(message, file.ToString().TrimEnd());
    }

    [Theory]
    [InlineData("a man,a dog", null, "are these 2 phrases", "\"a man; a dog\"")]
    [InlineData("a man, a dog, the sky", "a man with a dog under the sky", "are these 3 phrases")]
    public void Commas_for_semicolons_are_asked_about(string phrases, string? caption, params string[] says)
    {
        var picture = _folder.Write("a.png", TinyModel.Gradient(40, 24).EncodePng());
        string[] line = ["ground", picture, "--phrases", phrases, "--model", "nowhere", "--out", _folder.File("out")];
        CommandRun.Of(caption is null ? line : [.. line, "--caption", caption]).RefusesInOneLine(says);
    }

    [Fact]
    public void A_phrase_with_a_comma_that_the_caption_has_is_one()
    {
        var caption = Groundling.Cli.Commands.CommonOptions.ReadCaption("a big, red dog", "a big, red dog", null, null)!;
        Assert.Equal("a big, red dog", Assert.Single(caption.Phrases).Text);
    }

    private static string HelpOf(Command command) =>
        CommandRun.Of([.. CommandLine.Words(command).Split(' ').Skip(1), "--help"]).Works().Output;
}
