using Groundling.Cli;

namespace Groundling.Tests.Cli;

/// <summary>One command line, run inside the test's process, and what came of it, its lines ended as on Linux.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    public static CommandRun Of(params IEnumerable<string> arguments)
    {
        using StringWriter output = new(),
            error = new();
        var code = CommandLine.Run([.. arguments], output, error);
        return new(code, Lines(output), Lines(error));
    }

    /// <summary>What was written, its lines ended as on Linux.</summary>
    public static string Lines(StringWriter written) => written.ToString().Replace(Environment.NewLine, "\n", StringComparison.Ordinal);

    /// <summary>The command did its work.</summary>
    public CommandRun Works()
    {
        Assert.True(Code == 0 && !Error.Contains("error:"), $"exit code {Code}: {Error}");
        return this;
    }

    /// <summary>The command refused, with a message for the user and nothing else.</summary>
    public string Refuses(params string[] says)
    {
        Assert.True(Code == CommandLine.UserError, $"exit code {Code}: {Error}");
        Assert.StartsWith("error: ", Error);
        Assert.DoesNotContain("   at ", Error);
        foreach (var text in says)
            Assert.Contains(text, Error);
        return Error;
    }

    /// <summary>The same, in one line.</summary>
    public void RefusesInOneLine(params string[] says)
    {
        var lines = Refuses(says).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Single(lines);
        var place = Path.GetTempPath().Length - "/tmp/".Length; // what files of tests lie in is longer elsewhere
        Assert.InRange(lines[0].Length, 20, 440 + Math.Max(0, place)); // the longest names a dozen keys
    }
}
