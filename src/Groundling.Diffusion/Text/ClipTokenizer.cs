using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace Groundling.Diffusion;

/// <summary>CLIP's byte-pair tokenizer, with the place of every token in the text.</summary>
public sealed partial class ClipTokenizer
{
    internal const string ConfigFile = "tokenizer_config.json", ClosedKey = "closed_vocabulary";
    private const string StartText = "<|startoftext|>", EndText = "<|endoftext|>";
    private readonly BpeTokenizer _bpe;

    private ClipTokenizer(BpeTokenizer bpe, int start, int end, int padding, int largest, bool closed)
        => (_bpe, StartToken, EndToken, PaddingToken, LargestToken, IsClosed) = (bpe, start, end, padding, largest, closed);

    /// <summary>Id of the token that begins every input.</summary>
    public int StartToken { get; }

    /// <summary>Id of the token that ends every input.</summary>
    public int EndToken { get; }

    /// <summary>Id that fills an input to its full length; what it is does not change the states before it.</summary>
    public int PaddingToken { get; }

    /// <summary>The largest id that it can give.</summary>
    public int LargestToken { get; }

    /// <summary>Whether each word that the text encoder learnt from is one token, so that a word of several is one that it never read: <c>closed_vocabulary</c> in <c>tokenizer_config.json</c>, which pretraining writes.</summary>
    public bool IsClosed { get; }

    /// <summary>Opens a folder with <c>vocab.json</c> and <c>merges.txt</c>.</summary>
    /// <exception cref="ModelException">A file is missing or malformed.</exception>
    public static ClipTokenizer Open(string folder)
    {
        var (vocabularyPath, mergesPath) = (Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt"));
        foreach (var path in new[] { vocabularyPath, mergesPath })
            if (!File.Exists(path)) throw new ModelException($"{path}: no such file; a CLIP tokenizer has vocab.json and merges.txt");
        var vocabulary = ReadVocabulary(vocabularyPath);
        int Special(string text) => vocabulary.TryGetValue(text, out var id) ? id : throw new ModelException($"{vocabularyPath}: lacks '{text}'; a CLIP vocabulary is needed");
        if (vocabulary.FirstOrDefault(pair => pair.Value < 0).Key is { } negative) throw new ModelException($"{vocabularyPath}: '{negative}' has the id {vocabulary[negative]}; ids count from 0");
        var (start, end) = (Special(StartText), Special(EndText));
        var special = new Dictionary<string, int> { [StartText] = start, [EndText] = end };
        try
        {
            var bpe = BpeTokenizer.Create(new BpeOptions(vocabulary)
            {
                Merges = File.ReadLines(mergesPath).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal)),
                ByteLevel = true,
                EndOfWordSuffix = ByteVocabulary.EndOfWord,
                PreTokenizer = new RegexPreTokenizer(Pieces(), special),
                SpecialTokens = special,
            });
            return new ClipTokenizer(bpe, start, end, PaddingId(folder, vocabulary) ?? end, vocabulary.Values.Max(), IsClosedIn(folder));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new ModelException($"{mergesPath}: does not fit {vocabularyPath}: {e.Message}", e);
        }
    }

    /// <summary>The tokens of a text, without start, end and padding.</summary>
    public IReadOnlyList<TextToken> Tokenize(string text)
    {
        var (normal, origin) = Normalize(text);
        var tokens = new List<TextToken>();
        foreach (var token in _bpe.EncodeToTokens(normal, out _, considerPreTokenization: true, considerNormalization: false))
        {
            var (first, last) = (token.Offset.Start.Value, Math.Max(token.Offset.End.Value, token.Offset.Start.Value + 1));
            var start = origin[first];
            while (last < normal.Length && origin[last] == start) last++;      // a part of one character's bytes spans that character
            var startsWord = (first == 0 || char.IsWhiteSpace(normal[first - 1])) && (tokens.Count == 0 || tokens[^1].End <= start);
            tokens.Add(new(token.Id, start, origin[last], startsWord));
        }
        return tokens;
    }

    /// <summary>The words and signs of a text, lower case: tokens never reach over their ends.</summary>
    public static IEnumerable<string> Words(string text) => Pieces().Matches(Normalize(text).Normal).Select(match => match.Value);

    /// <summary>The words of a text that the text encoder never read; none where the vocabulary is not closed, for its words may be made of pieces.</summary>
    public IEnumerable<string> UnreadWords(string text) => IsClosed ? Words(text).Where(word => Tokenize(word).Count > 1) : [];

    /// <summary>Composed, lower case; with the original character of each new one, and the text's length at the end.</summary>
    private static (string Normal, int[] Origin) Normalize(string text)
    {
        var normal = new StringBuilder(text.Length);
        var origin = new List<int>(text.Length + 1);
        for (var at = 0; at < text.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(text, at);
            var element = text.Substring(at, length);
            foreach (var character in Compose(element).ToLowerInvariant())
            {
                normal.Append(character);
                origin.Add(at);
            }
            at += length;
        }
        origin.Add(text.Length);
        return (normal.ToString(), [.. origin]);
    }

    private static string Compose(string element)
    {
        if (element.EnumerateRunes().Contains(Rune.ReplacementChar)) return Rune.ReplacementChar.ToString();   // half a surrogate pair
        if (element.Contains('\uFFFE')) return element;                        // no character: it has no normal form
        return element.Normalize(NormalizationForm.FormC);
    }

    private static Dictionary<string, int> ReadVocabulary(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllBytes(path)) ?? throw new JsonException("it is null");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path}: cannot be read as a vocabulary: {e.Message}", e);
        }
    }

    private static int? PaddingId(string folder, Dictionary<string, int> vocabulary)
    {
        foreach (var name in new[] { ConfigFile, "special_tokens_map.json" })
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path)) continue;
            var token = ForeignConfig.Read(path).TokenText("pad_token");
            if (token is not null && vocabulary.TryGetValue(token, out var id)) return id;
        }
        return null;
    }

    private static bool IsClosedIn(string folder)
        => Path.Combine(folder, ConfigFile) is var path && File.Exists(path) && ForeignConfig.Read(path).Flag(ClosedKey, fallback: false);

    [GeneratedRegex(@"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pieces();
}
