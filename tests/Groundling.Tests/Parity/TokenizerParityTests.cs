using System.Text.Json;
using Groundling.Diffusion;

namespace Groundling.Tests.Parity;

/// <summary>The tokenizer against CLIP's own ids, where its vocabulary is at hand.</summary>
public class TokenizerParityTests
{
    [Fact]
    public void All_cases_of_the_published_vocabulary_match()
    {
        var folder = Shared.Require("clip-bpe");
        var tokenizer = ClipTokenizer.Open(folder);
        Assert.Equal((49406, 49407), (tokenizer.StartToken, tokenizer.EndToken));
        using var cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "cases.json")));
        var faults = new List<string>();
        foreach (var item in cases.RootElement.EnumerateArray())
        {
            var text = item.GetProperty("text").GetString()!;
            var expected = item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToList();
            var tokens = tokenizer.Tokenize(text);
            if (!expected.SequenceEqual(tokens.Select(token => token.Id)))
                faults.Add($"{text}: expected {string.Join(' ', expected)}, got {string.Join(' ', tokens.Select(token => token.Id))}");
            foreach (var (token, next) in tokens.Zip(tokens.Skip(1)))
                if (token.Start >= token.End || token.Start > next.Start || next.End > text.Length)
                    faults.Add($"{text}: tokens out of order at {token}, {next}");
        }
        Assert.Empty(faults);
    }
}
