using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace Groundling.Diffusion;

/// <summary>CLIP's byte-pair tokenizer, with the place of every token in the text.</summary>
public sealed class ClipTokenizer
{
    internal const string ConfigFile = "tokenizer_config.json",
        SpecialsFile = "special_tokens_map.json",
        WordsKey = "read_words";
    private const string StartText = "<|startoftext|>",
        EndText = "<|endoftext|>",
        DottedSmallI = "i\u0307";

    /// <summary>
    /// What transformers writes beside what is asked for: names, types, lengths and sides that are ours to choose, and lists of special
    /// tokens, whose ids stand elsewhere.
    /// </summary>
    private static readonly string[] Harmless =
    [
        "closed_vocabulary", // what pretraining wrote before it listed the words
        "add_prefix_space",
        "added_tokens_decoder",
        "additional_special_tokens",
        "extra_special_tokens",
        "auto_map",
        "backend",
        "bos_token",
        "eos_token",
        "unk_token",
        "pad_token",
        "cls_token",
        "sep_token",
        "mask_token",
        "clean_up_tokenization_spaces",
        "errors",
        "is_local",
        "local_files_only",
        "max_length",
        "model_input_names",
        "model_max_length",
        "name_or_path",
        "padding_side",
        "processor_class",
        "special_tokens_map_file",
        "split_special_tokens",
        "stride",
        "tokenizer_class",
        "tokenizer_file",
        "truncation_side",
        "truncation_strategy",
        "use_fast",
        "pad_to_multiple_of",
        "pad_token_type_id",
    ];

    private readonly BpeTokenizer _bpe;
    private readonly IReadOnlyList<(string Text, int[] Ids)> _whole;
    private readonly IReadOnlySet<string>? _words; // that the text encoder has read; null where that is not known

    private ClipTokenizer(
        BpeTokenizer bpe,
        IReadOnlyList<(string, int[])> whole,
        int start,
        int end,
        int padding,
        int largest,
        IReadOnlySet<string>? words
    ) => (_bpe, _whole, StartToken, EndToken, PaddingToken, LargestToken, _words) = (bpe, whole, start, end, padding, largest, words);

    /// <summary>Id of the token that begins every input.</summary>
    public int StartToken { get; }

    /// <summary>Id of the token that ends every input.</summary>
    public int EndToken { get; }

    /// <summary>Id that fills an input to its full length; what it is does not change the states before it.</summary>
    public int PaddingToken { get; }

    /// <summary>The largest id that it can give.</summary>
    public int LargestToken { get; }

    /// <summary>
    /// Opens a folder with <c>vocab.json</c> and <c>merges.txt</c>, or with <c>tokenizer.json</c>; tokens added later are read too.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="padding">The token that fills an input, where the folder is another model's; null for what the folder says.</param>
    /// <exception cref="ModelException">A file is missing or malformed.</exception>
    public static ClipTokenizer Open(string folder, string? padding = null)
    {
        var files = TokenizerFiles.Read(folder);
        int Special(string text) =>
            files.Ids.TryGetValue(text, out var id)
                ? id
                : throw new ModelException($"{files.Source}: lacks '{text}'; a CLIP vocabulary is needed");
        var (start, end) = (Special(StartText), Special(EndText));
        try
        {
            var bpe = BpeTokenizer.Create(
                new BpeOptions(files.Ids)
                {
                    Merges = files.Merges,
                    ByteLevel = true,
                    EndOfWordSuffix = ByteVocabulary.EndOfWord,
                }
            );
            var paddingId = padding is null ? PaddingId(folder, files.Ids) ?? end : Special(padding);
            return new ClipTokenizer(bpe, Whole(files), start, end, paddingId, files.Ids.Values.Max(), ReadWords(folder));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new ModelException($"{files.MergesSource}: does not fit {files.Source}: {e.Message}", e);
        }
    }

    /// <summary>
    /// Tokens that are looked for before a text is parted, in lower case, the longest first. One that was learnt as several vectors, NAME,
    /// NAME_1 and so on, stands for them all.
    /// </summary>
    private static List<(string Text, int[] Ids)> Whole(TokenizerFiles files)
    {
        var tokens = files.Added.Concat([StartText, EndText]).Distinct().ToDictionary(token => token, token => files.Ids[token]);
        int[] Vectors(string token) =>
            [
                .. Enumerable
                    .Range(0, tokens.Count)
                    .Select(i => i == 0 ? token : $"{token}_{i}")
                    .TakeWhile(tokens.ContainsKey)
                    .Select(name => tokens[name]),
            ];
        return [.. tokens.Keys.Select(token => (Normalize(token).Normal, Vectors(token))).OrderByDescending(token => token.Normal.Length)];
    }

    /// <summary>The tokens of a text, without start, end and padding.</summary>
    public IReadOnlyList<TextToken> Tokenize(string text)
    {
        var (normal, origin) = Normalize(text);
        var tokens = new List<TextToken>();
        void Add(int id, int first, int last)
        {
            var start = origin[first];
            while (last < normal.Length && origin[last] == start)
                last++; // a part of one character's bytes spans that character
            var startsWord = (first == 0 || char.IsWhiteSpace(normal[first - 1])) && (tokens.Count == 0 || tokens[^1].End <= start);
            tokens.Add(new(id, start, origin[last], startsWord));
        }
        foreach (var (start, length, whole) in ClipPieces.Of(normal, at => WholeAt(normal, at).Text?.Length ?? 0))
        {
            if (whole)
                foreach (var id in WholeAt(normal, start).Ids)
                    Add(id, start, start + length);
            else
                foreach (
                    var token in _bpe.EncodeToTokens(
                        normal.AsSpan(start, length),
                        out _,
                        considerPreTokenization: false,
                        considerNormalization: false
                    )
                )
                    Add(token.Id, start + token.Offset.Start.Value, start + Math.Max(token.Offset.End.Value, token.Offset.Start.Value + 1));
        }
        return tokens;
    }

    private (string Text, int[] Ids) WholeAt(string normal, int at) =>
        _whole.FirstOrDefault(token => string.CompareOrdinal(normal, at, token.Text, 0, token.Text.Length) == 0);

    /// <summary>The words and signs of a text, lower case: tokens never reach over their ends.</summary>
    public static IEnumerable<string> Words(string text)
    {
        var normal = Normalize(text).Normal;
        return ClipPieces.Of(normal, _ => 0).Select(piece => normal.Substring(piece.Start, piece.Length));
    }

    /// <summary>
    /// The words and numbers of a text that the text encoder never read; none where <c>tokenizer_config.json</c> does not list what it has
    /// read (<c>read_words</c>), as pretraining does.
    /// </summary>
    public IEnumerable<string> UnreadWords(string text) =>
        _words is null ? [] : Words(text).Where(word => char.IsLetterOrDigit(word[0]) && !_words.Contains(word));

    /// <summary>Composed, lower case; with the original character of each new one, and the text's length at the end.</summary>
    private static (string Normal, int[] Origin) Normalize(string text)
    {
        var normal = new StringBuilder(text.Length);
        var origin = new List<int>(text.Length + 1);
        for (var at = 0; at < text.Length; )
        {
            var length = StringInfo.GetNextTextElementLength(text, at);
            var element = text.Substring(at, length);
            foreach (var character in Lower(Compose(element)))
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
        if (element.EnumerateRunes().Contains(Rune.ReplacementChar))
            return Rune.ReplacementChar.ToString(); // half a surrogate pair
        if (element.EnumerateRunes().Any(IsNoCharacter))
            return element; // it has no normal form
        return element.Normalize(NormalizationForm.FormC);
    }

    /// <summary>The code points that Unicode keeps free of characters for ever (section 23.7).</summary>
    private static bool IsNoCharacter(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;

    /// <summary>
    /// Dotted capital I is the one letter whose small form has a mark of its own, which .NET's mapping of one unit to one has no room for.
    /// </summary>
    private static string Lower(string element) => element.ToLowerInvariant().Replace("\u0130", DottedSmallI, StringComparison.Ordinal);

    private static int? PaddingId(string folder, Dictionary<string, int> vocabulary)
    {
        foreach (var name in new[] { ConfigFile, SpecialsFile })
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
                continue;
            var token = ForeignConfig.Read(path).TokenText("pad_token");
            if (token is not null && vocabulary.TryGetValue(token, out var id))
                return id;
        }
        return null;
    }

    private static HashSet<string>? ReadWords(string folder)
    {
        var path = Path.Combine(folder, ConfigFile);
        if (!File.Exists(path))
            return null;
        var json = ForeignConfig.Read(path);
        json.Require(json.Flag("do_lower_case", true), "do_lower_case", "true is needed: CLIP reads lower case");
        var words = json.Has(WordsKey) ? json.Texts(WordsKey) : null;
        json.RefuseUnknownKeys(Harmless);
        return words?.ToHashSet();
    }
}
