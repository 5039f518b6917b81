namespace Groundling.Tests.Architecture;

/// <summary>Lines are as long as .editorconfig says; the formatter breaks code, and leaves texts and comments to us.</summary>
public sealed class LineTests
{
    private const int Longest = 140;

    [Fact]
    public void No_line_is_too_long_but_for_a_text_that_stands_in_one_piece()
    {
        var files = new[] { "src", "tests", "examples", "benchmarks" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Shared.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .ToList();
        Assert.True(files.Count > 500, "the sources are not where they were");
        Assert.Empty(files.SelectMany(LongLines));
    }

    private static IEnumerable<string> LongLines(string file)
    {
        var inText = false;
        foreach (var (number, line) in File.ReadLines(file).Index())
        {
            var (begins, fences) = (inText, line.Split("\"\"\"").Length - 1);
            inText ^= fences % 2 == 1;
            if (line.Length > Longest && !begins && !line.Contains('"'))
                yield return $"{file}:{number + 1}: {line.Length} characters";
        }
    }
}
