namespace Groundling.Tests.Architecture;

/// <summary>Lines are as long as .editorconfig says; the formatter breaks code, and leaves texts and comments to us.</summary>
public sealed class LineTests
{
    private const int Longest = 140;

    [Fact]
    public void No_line_is_too_long_but_for_a_text_that_stands_in_one_piece()
    {
        var files = new[] { "src", "tests", "examples", "benchmarks" }.SelectMany(Sources).ToList();
        Assert.True(files.Count > 500, "the sources are not where they were");
        Assert.Empty(files.SelectMany(LongLines));
    }

    /// <summary>Windows' own line ends would make other bytes of the same results.</summary>
    [Fact]
    public void Indented_JSON_has_the_same_line_ends_on_every_system()
    {
        var texts = Sources("src").ToDictionary(file => file, File.ReadAllText);
        var indented = texts.Where(file => file.Value.Contains("WriteIndented")).ToList();
        Assert.NotEmpty(indented);
        Assert.All(indented, file => Assert.Equal(Count(file.Value, "WriteIndented"), Count(file.Value, "NewLine = \"\\n\"")));

        static int Count(string text, string part) => text.Split(part).Length - 1;
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(Shared.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Contains("obj"));

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
