using System.Text;
using System.Text.Json;
using CsCheck;
using Groundling.Diffusion;
using Groundling.Tests.Data;
using Groundling.Web;

namespace Groundling.Tests.Diffusion;

/// <summary>The tokenizer on a vocabulary small enough that every id can be worked out by hand.</summary>
public sealed class ClipTokenizerTests : IDisposable
{
    // Bytes have the ids 0 to 255, bytes at a word's end 256 to 511, then one id for each merge in order, start and end.
    private static readonly string[] Merges =
    [
        "c a",
        "ca t</w>",
        "a n</w>",
        "h o",
        "r s",
        "ho rs",
        "hors e</w>",
        "' s</w>",
        ". .",
        "Ã ©</w>",
        "ca f",
    ];
    private const int Ca = 512,
        CatEnd = 513,
        AnEnd = 514,
        HorsE = 518,
        SEnd = 519,
        Dots = 520,
        AccentEnd = 521,
        Caf = 522,
        Start = 523,
        End = 524,
        Pad = 525;
    private readonly TemporaryFolder _folder = new();
    private readonly ClipTokenizer _tokenizer;

    public ClipTokenizerTests()
    {
        WriteVocabulary();
        _folder.Write("merges.txt", "#version: 0.2\n" + string.Join('\n', Merges) + "\n");
        _tokenizer = ClipTokenizer.Open(_folder.Path);
    }

    [Fact]
    public void Merges_are_applied_in_their_order() => Is("cat", CatEnd);

    [Fact]
    public void A_words_end_is_another_token() => Is("ca", Letter('c'), Last('a'));

    [Fact]
    public void Unmerged_letters_stay_single() => Is("dog", Letter('d'), Letter('o'), Last('g'));

    [Fact]
    public void A_merge_inside_a_word_does_not_take_its_end() => Is("cats", Ca, Letter('t'), Last('s'));

    [Fact]
    public void Merges_of_merges_build_long_tokens() => Is("horse", HorsE);

    [Fact]
    public void Case_does_not_count() => Is("CaT An", CatEnd, AnEnd);

    [Fact]
    public void Blanks_of_any_kind_part_words() => Is("  cat\t\n an\u00A0cat ", CatEnd, AnEnd, CatEnd);

    [Fact]
    public void Contractions_are_pieces() => Is("cat's", CatEnd, SEnd);

    [Fact]
    public void Contractions_of_any_case_are_pieces() => Is("CAT'S", CatEnd, SEnd);

    [Fact]
    public void Digits_stand_alone() => Is("12", Last('1'), Last('2'));

    [Fact]
    public void Letters_and_digits_part() => Is("cat5cat", CatEnd, Last('5'), CatEnd);

    [Fact]
    public void Punctuation_parts_from_letters() => Is("cat,", CatEnd, Last(','));

    [Fact]
    public void Punctuation_runs_are_one_piece() => Is("cat...", CatEnd, Dots, Last('.'));

    [Fact]
    public void Accents_are_their_utf8_bytes() => Is("é", AccentEnd);

    [Fact]
    public void Composed_and_decomposed_letters_are_the_same() => Is("cafe\u0301", Caf, AccentEnd);

    [Fact]
    public void Capital_accents_are_lowered() => Is("CAFÉ", Caf, AccentEnd);

    [Fact]
    public void Emoji_are_four_bytes() => Is("🐶", Byte(0xF0), Byte(0x9F), Byte(0x90), 256 + 0xB6);

    [Fact]
    public void Start_and_end_in_a_text_are_themselves() => Is("cat<|endoftext|>an<|startoftext|>", CatEnd, End, AnEnd, Start);

    [Fact]
    public void Special_tokens_are_found_before_signs_run_on() => Is("cat!<|EndOfText|>!", CatEnd, Last('!'), End, Last('!'));

    [Fact]
    public void Letters_beyond_the_basic_plane_are_one_piece() =>
        Is("𝐜𝐚", Byte(0xF0), Byte(0x9D), Byte(0x90), Byte(0x9C), Byte(0xF0), Byte(0x9D), Byte(0x90), 256 + 0x9A);

    [Fact]
    public void Digits_beyond_the_basic_plane_stand_alone() =>
        Is("𝟏𝟐", Byte(0xF0), Byte(0x9D), Byte(0x9F), 256 + 0x8F, Byte(0xF0), Byte(0x9D), Byte(0x9F), 256 + 0x90);

    [Fact]
    public void Dotted_capital_i_is_an_i_and_a_dot() => Is("\u0130", Last('i'), Byte(0xCC), 256 + 0x87);

    [Fact]
    public void Capitals_beyond_the_basic_plane_are_lowered() => Is("\U00010400", Byte(0xF0), Byte(0x90), Byte(0x90), 256 + 0xA8);

    [Fact]
    public void Nothing_gives_nothing() => Is(" \n ");

    [Fact]
    public void What_is_no_character_is_read_as_its_bytes() => Is("\uFFFE", Byte(0xEF), Byte(0xBF), 256 + 0xBE);

    [Fact]
    public void Half_a_pair_is_read_as_the_replacement_character() => Is("\uD83D", Byte(0xEF), Byte(0xBF), 256 + 0xBD);

    /// <summary>
    /// Every code point between two letters, against the classes that the standard's own ranges give and, in the basic plane, against
    /// .NET's regular expressions.
    /// </summary>
    [Fact]
    public void Every_code_point_parts_words_as_its_class_says()
    {
        var reference = new System.Text.RegularExpressions.Regex(@"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+");
        (int First, int Last, int Pieces)[] beyond =
        [
            (0x10000, 0x1000B, 1),
            (0x1D400, 0x1D454, 1),
            (0x1D7CE, 0x1D7FF, 3),
            (0x1F300, 0x1F5FF, 3),
            (0x20000, 0x2A6DF, 1),
            (0x10107, 0x10133, 3),
            (0xE0100, 0xE01EF, 3),
        ];
        var faults = new List<string>();
        for (var code = 0; code <= 0x10FFFF; code++)
        {
            if (code is >= 0xD800 and <= 0xDFFF)
                continue;
            var text = $"x{char.ConvertFromUtf32(code)}y";
            var pieces = ClipTokenizer.Words(text).ToList();
            var expected =
                pieces.Any(piece => piece.Any(char.IsSurrogate)) ? pieces
                : char.IsWhiteSpace((char)code) ? ["x", "y"]
                : reference.Matches(string.Concat(pieces)).Select(match => match.Value);
            if (!expected.SequenceEqual(pieces))
                faults.Add($"{code:X}: {string.Join('|', pieces)}");
            foreach (var (first, last, count) in beyond)
                if (code >= first && code <= last && pieces.Count != count)
                    faults.Add($"{code:X}: {pieces.Count} pieces, not {count}");
        }
        Assert.Empty(faults);
    }

    [Fact]
    public void Places_are_those_of_the_text_as_given()
    {
        const string text = "A CAFE\u0301 🐶, cat's";
        var tokens = _tokenizer.Tokenize(text);
        Assert.Equal(
            ["A", "CAF", "E\u0301", "🐶", "🐶", "🐶", "🐶", ",", "cat", "'s"],
            tokens.Select(token => text[token.Start..token.End])
        );
        Assert.Equal([true, true, false, true, false, false, false, false, true, false], tokens.Select(token => token.StartsWord));
    }

    [Fact]
    public void The_padding_token_is_the_configs_or_the_end()
    {
        Assert.Equal((Start, End, End), (_tokenizer.StartToken, _tokenizer.EndToken, _tokenizer.PaddingToken));
        Assert.Equal(Pad, _tokenizer.LargestToken);
        _folder.Write("special_tokens_map.json", """{"pad_token": "<pad>", "unk_token": "<|endoftext|>"}""");
        Assert.Equal(Pad, ClipTokenizer.Open(_folder.Path).PaddingToken);
        _folder.Write("tokenizer_config.json", """{"pad_token": {"content": "!", "lstrip": false}, "model_max_length": 77}""");
        Assert.Equal('!', ClipTokenizer.Open(_folder.Path).PaddingToken);
        _folder.Write("tokenizer_config.json", """{"pad_token": "not in the vocabulary"}""");
        Assert.Equal(Pad, ClipTokenizer.Open(_folder.Path).PaddingToken);
    }

    [Fact]
    public void Any_text_has_tokens_in_order_within_it() =>
        Gen.String[Gen.Char["aA1 .,'\n\u0301\u00E9\u0130\u05D0\u200D\uD83D\uDC36\uFE0F\uFFFE\uFFFF\u0000ﬁ㎏<|"], 0, 12]
            .Sample(
                text =>
                {
                    var tokens = _tokenizer.Tokenize(text);
                    Assert.All(tokens, token => Assert.InRange(token.Start, 0, token.End - 1));
                    Assert.All(tokens, token => Assert.InRange(token.End, 1, text.Length));
                    Assert.All(tokens.Zip(tokens.Skip(1)), pair => Assert.True(pair.First.Start <= pair.Second.Start));
                    Assert.Equal(text.All(char.IsWhiteSpace), tokens.Count == 0);
                },
                threads: 1
            );

    [Theory]
    [InlineData("vocab.json", null, "no such file")]
    [InlineData("merges.txt", null, "no such file")]
    [InlineData("vocab.json", "{", "cannot be read as a vocabulary")]
    [InlineData("vocab.json", "[1]", "cannot be read as a vocabulary")]
    [InlineData("vocab.json", "null", "cannot be read as a vocabulary")]
    [InlineData("vocab.json", """{"a":0}""", "<|startoftext|>")]
    [InlineData("vocab.json", """{"a":-1,"<|startoftext|>":0,"<|endoftext|>":1}""", "'a' has the id -1")]
    [InlineData("merges.txt", "#version: 0.2\nonlyone\n", "does not fit")]
    [InlineData("merges.txt", "#version: 0.2\nq x\n", "does not fit")]
    [InlineData("tokenizer_config.json", "{", "not JSON")]
    public void Faulty_files_are_named(string file, string? content, string says)
    {
        if (content is null)
            File.Delete(_folder.File(file));
        else
            _folder.Write(file, content);
        var message = Assert.Throws<ModelException>(() => ClipTokenizer.Open(_folder.Path)).Message;
        Assert.Contains(_folder.File(file), message);
        Assert.Contains(says, message);
        Assert.DoesNotContain('\n', message);
    }

    public void Dispose() => _folder.Dispose();

    private void Is(string text, params int[] expected)
    {
        var tokens = _tokenizer.Tokenize(text);
        Assert.Equal(expected, tokens.Select(token => token.Id));
        Assert.All(tokens, token => Assert.InRange(token.End, token.Start + 1, text.Length));
    }

    private static int Byte(int value) => value;

    private static int Letter(char letter) => letter;

    private static int Last(char letter) => 256 + letter;

    private void WriteVocabulary()
    {
        var ids = new Dictionary<string, int>();
        for (var end = 0; end < 2; end++)
        for (var value = 0; value < 256; value++)
            ids.Add(Printable(value) + (end == 1 ? "</w>" : ""), ids.Count);
        foreach (var merge in Merges)
            ids.Add(merge.Replace(" ", ""), ids.Count);
        foreach (var special in new[] { "<|startoftext|>", "<|endoftext|>", "<pad>" })
            ids.Add(special, ids.Count);
        Assert.Equal(Pad, ids["<pad>"]);
        _folder.Write("vocab.json", JsonSerializer.Serialize(ids));
    }

    /// <summary>The letter of a byte in byte-level vocabularies: printing Latin-1 as it is, the others counted from U+0100.</summary>
    private static string Printable(int value)
    {
        static bool Prints(int b) => b is >= 33 and <= 126 or >= 161 and <= 172 or >= 174 and <= 255;
        return Prints(value) ? ((char)value).ToString() : ((char)(256 + Enumerable.Range(0, value).Count(b => !Prints(b)))).ToString();
    }
}
