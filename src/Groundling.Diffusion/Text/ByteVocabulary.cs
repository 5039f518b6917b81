using System.Text.Json;

namespace Groundling.Diffusion;

/// <summary>The smallest vocabulary in CLIP's file format: every byte, every byte at the end of a word, start and end; no merges.</summary>
internal static class ByteVocabulary
{
    /// <summary>Writes <c>vocab.json</c> and <c>merges.txt</c>; start and end take the last two of <paramref name="size"/> ids.</summary>
    public static void Write(string folder, long size)
    {
        var letters = Letters();
        if (size < 2 * letters.Length + 2) throw new ArgumentOutOfRangeException(nameof(size), size, $"at least {2 * letters.Length + 2} ids are needed");
        var ids = new Dictionary<string, long>();
        foreach (var letter in letters) ids.Add(letter.ToString(), ids.Count);
        foreach (var letter in letters) ids.Add($"{letter}</w>", ids.Count);
        ids.Add("<|startoftext|>", size - 2);
        ids.Add("<|endoftext|>", size - 1);
        File.WriteAllText(Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(ids));
        File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n");
    }

    /// <summary>The printable letter that stands for each byte in byte-level vocabularies: itself where it prints, else one from U+0100 on.</summary>
    private static char[] Letters()
    {
        var letters = new char[256];
        var next = '\u0100';
        for (var value = 0; value < 256; value++)
            letters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : next++;
        return letters;
    }
}
