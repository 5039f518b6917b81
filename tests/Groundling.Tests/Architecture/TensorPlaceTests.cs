using System.Text.RegularExpressions;

namespace Groundling.Tests.Architecture;

/// <summary>
/// Code under src/ says where every new tensor lies. TorchSharp takes the CPU where nothing is said, and what is computed with it fails on
/// a card, on the one path that no test without a card has taken.
/// </summary>
public sealed partial class TensorPlaceTests
{
    [Fact]
    public void Every_tensor_is_made_on_a_device_that_is_named()
    {
        var sources = Directory
            .GetFiles(Path.Combine(Shared.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
            .Select(path => (Path: Path.GetRelativePath(Shared.Root, path), Text: File.ReadAllText(path)))
            .Where(source => source.Text.Contains("TorchSharp"))
            .ToList();
        Assert.True(sources.Sum(source => Made().Count(source.Text)) > 50, "the pattern finds what it looks for");
        Assert.Empty(sources.SelectMany(source => Unplaced(source.Text).Select(call => $"{source.Path}:{call.Line}: {call.Text}")));
    }

    [Theory]
    [InlineData("var a = zeros(3, dtype: float32);", 1)]
    [InlineData("var a = zeros(3, device: CPU);", 0)]
    [InlineData("var a = torch.tensor(f(x, device: d), [1, 2]);", 1)]
    [InlineData("var a = tensor<long>(numbers, [\n  1], device: b.device);", 0)]
    [InlineData("var a = zeros_like(b); var c = b.new_zeros(2); // zeros(3)", 0)]
    [InlineData("stack([rand([2, 3], generator: g), rand([2], generator: g, device: CPU)])", 1)]
    public void Calls_are_told_apart(string code, int faults) => Assert.Equal(faults, Unplaced(code).Count());

    private static IEnumerable<(int Line, string Text)> Unplaced(string text)
    {
        text = Comment().Replace(text, "");
        foreach (Match call in Made().Matches(text))
        {
            var (depth, own) = (0, new System.Text.StringBuilder());
            for (var at = call.Index + call.Length - 1; at < text.Length; at++)
            {
                if (text[at] is '(' or '[' or '{')
                    depth++;
                if (depth == 1)
                    own.Append(text[at]);
                if (text[at] is ')' or ']' or '}' && --depth == 0)
                    break;
            }
            if (!own.ToString().Contains("device:", StringComparison.Ordinal))
                yield return (text.AsSpan(0, call.Index).Count('\n') + 1, call.Value);
        }
    }

    [GeneratedRegex(
        @"(?<![\w.])(torch\.)?(tensor|as_tensor|from_array|frombuffer|zeros|ones|empty|full|arange|linspace|logspace|eye|rand|randn|randint|randperm|tril_indices|triu_indices)(<\w+>)?\("
    )]
    private static partial Regex Made();

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
