using System.Text;
using System.Text.Json;

namespace Groundling.Diffusion;

/// <summary>
/// Vocabularies in CLIP's file format: every byte, every byte at the end of a word, what merges make of them, start and end.
/// </summary>
public static class ByteVocabulary
{
    /// <summary>What marks the last letter of a word.</summary>
    public const string EndOfWord = "</w>";

    private static readonly char[] Letters = MakeLetters();

    /// <summary>Ids that are taken without any merge.</summary>
    public static int LeastSize => 2 * Letters.Length + 2;

    /// <summary>
    /// Writes <c>vocab.json</c>, <c>merges.txt</c> and <c>tokenizer_config.json</c>; start and end take the last two of
    /// <paramref name="size"/> ids.
    /// </summary>
    /// <param name="folder">Where to; it is there already.</param>
    /// <param name="size">Ids in all.</param>
    /// <param name="merges">Pairs that become one token, the first first.</param>
    /// <param name="words">What the text encoder reads (<see cref="ClipTokenizer.UnreadWords"/>); null where that is not known.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer ids than tokens.</exception>
    public static void Write(
        string folder,
        long size,
        IReadOnlyList<(string Left, string Right)> merges,
        IReadOnlyList<string>? words = null
    )
    {
        if (size < LeastSize + merges.Count)
            throw new ArgumentOutOfRangeException(nameof(size), size, $"at least {LeastSize + merges.Count} ids are needed");
        var ids = new Dictionary<string, long>();
        foreach (var letter in Letters)
            ids.Add(letter.ToString(), ids.Count);
        foreach (var letter in Letters)
            ids.Add($"{letter}{EndOfWord}", ids.Count);
        foreach (var (left, right) in merges)
            ids.Add(left + right, ids.Count);
        ids.Add("<|startoftext|>", size - 2);
        ids.Add("<|endoftext|>", size - 1);
        File.WriteAllText(Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(ids));
        var config = new Dictionary<string, object> { ["tokenizer_class"] = "CLIPTokenizer" };
        if (words is not null)
            config.Add(ClipTokenizer.WordsKey, words);
        File.WriteAllText(Path.Combine(folder, ClipTokenizer.ConfigFile), JsonSerializer.Serialize(config));
        File.WriteAllText(
            Path.Combine(folder, "merges.txt"),
            $"#version: 0.2\n{string.Concat(merges.Select(merge => $"{merge.Left} {merge.Right}\n"))}"
        );
    }

    /// <summary>The bytes of a word as the letters that stand for them, the last one marked as such: what merging begins with.</summary>
    /// <param name="word">Not empty.</param>
    public static IReadOnlyList<string> Spell(string word)
    {
        var letters = Encoding.UTF8.GetBytes(word).Select(value => Letters[value].ToString()).ToList();
        letters[^1] += EndOfWord;
        return letters;
    }

    /// <summary>
    /// The printable letter that stands for each byte in byte-level vocabularies: itself where it prints, else one from U+0100 on.
    /// </summary>
    private static char[] MakeLetters()
    {
        var letters = new char[256];
        var next = '\u0100';
        for (var value = 0; value < 256; value++)
            letters[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : next++;
        return letters;
    }
}
