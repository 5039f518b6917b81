using System.Globalization;
using System.Text.Json;
using Groundling.Core;

namespace Groundling.Diffusion;

/// <summary>
/// A tokenizer's folder as it is found: <c>vocab.json</c> and <c>merges.txt</c>, or <c>tokenizer.json</c> alone, and tokens that were added
/// later.
/// </summary>
/// <param name="Source">The file that the vocabulary came from.</param>
/// <param name="MergesSource">The file that the merges came from.</param>
/// <param name="Ids">Every token's id, those added included.</param>
/// <param name="Merges">Pairs that become one token, parted by a blank, the first first.</param>
/// <param name="Added">Tokens that are looked for in a text before it is parted: specials, and rows of a textual inversion.</param>
internal sealed record TokenizerFiles(
    string Source,
    string MergesSource,
    Dictionary<string, int> Ids,
    IReadOnlyList<string> Merges,
    IReadOnlyList<string> Added
)
{
    private const string VocabularyFile = "vocab.json",
        MergesFile = "merges.txt",
        WholeFile = "tokenizer.json",
        AddedFile = "added_tokens.json";

    /// <summary>All files that may be there.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [VocabularyFile, MergesFile, WholeFile, AddedFile, ClipTokenizer.ConfigFile, ClipTokenizer.SpecialsFile];

    /// <summary>Whether the folder holds a tokenizer, whole or in part.</summary>
    public static bool Exist(string folder) => new[] { VocabularyFile, WholeFile }.Any(name => File.Exists(Path.Combine(folder, name)));

    /// <exception cref="ModelException">A file is missing or malformed, or two of them disagree.</exception>
    public static TokenizerFiles Read(string folder)
    {
        string In(string name) => Path.Combine(folder, name);
        var added = new List<(string Token, int Id, string Source)>();
        string source = In(VocabularyFile),
            mergesSource = In(MergesFile);
        Dictionary<string, int> ids;
        List<string> merges;
        if (!File.Exists(source) && File.Exists(In(WholeFile)))
        {
            source = mergesSource = In(WholeFile);
            (ids, merges) = Parse(source, root => (Vocabulary(root.GetProperty("model")), MergesOf(root.GetProperty("model"))));
        }
        else
        {
            foreach (var path in new[] { source, mergesSource })
                if (!File.Exists(path))
                    throw new ModelException(
                        $"{path}: no such file; a CLIP tokenizer has {VocabularyFile} and {MergesFile}, or {WholeFile}"
                    );
            ids = Parse(source, IdsOf);
            merges = [.. MergeLines(mergesSource)];
        }
        if (File.Exists(In(WholeFile)))
            added.AddRange(Parse(In(WholeFile), root => AddedIn(root).Select(token => (token.Token, token.Id, In(WholeFile))).ToList()));
        if (File.Exists(In(AddedFile)))
            added.AddRange(Parse(In(AddedFile), IdsOf).Select(pair => (pair.Key, pair.Value, In(AddedFile))));
        if (File.Exists(In(ClipTokenizer.ConfigFile)))
            added.AddRange(
                Parse(
                    In(ClipTokenizer.ConfigFile),
                    root => DecoderIn(root).Select(token => (token.Token, token.Id, In(ClipTokenizer.ConfigFile))).ToList()
                )
            );
        foreach (var (token, id, place) in added)
        {
            if (string.IsNullOrEmpty(token))
                throw new ModelException($"{place}: adds a token without text");
            if (!ids.TryAdd(token, id) && ids[token] != id)
                throw new ModelException($"{place}: gives '{token}' the id {id}, but elsewhere in the folder it has {ids[token]}");
        }
        if (ids.FirstOrDefault(pair => pair.Value < 0).Key is { } negative)
            throw new ModelException($"{source}: '{negative}' has the id {ids[negative]}; ids count from 0");
        return new(source, mergesSource, ids, merges, [.. added.Select(token => token.Token).Distinct()]);
    }

    private static T Parse<T>(string path, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return read(document.RootElement);
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or InvalidOperationException
                        or FormatException
                        or KeyNotFoundException
                        or IndexOutOfRangeException
                        or OverflowException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            throw new ModelException(
                GitLfs.IsPointer(path)
                    ? $"{path}: {GitLfs.Advice}"
                    : $"{path}: cannot be read as a vocabulary: {(e is JsonException ? "it is not JSON: " : "")}{e.Message}",
                e
            );
        }
    }

    private static Dictionary<string, int> IdsOf(JsonElement ids)
    {
        var found = new Dictionary<string, int>();
        foreach (var pair in ids.EnumerateObject())
            if (!found.TryAdd(pair.Name, pair.Value.GetInt32()))
                throw new FormatException($"'{pair.Name}' stands there twice");
        return found;
    }

    private static Dictionary<string, int> Vocabulary(JsonElement model)
    {
        if (model.TryGetProperty("type", out var type) && type.GetString() != "BPE")
            throw new FormatException($"its model is {type}, and CLIP's is BPE");
        if (model.GetProperty("end_of_word_suffix").GetString() != ByteVocabulary.EndOfWord)
            throw new FormatException($"its end_of_word_suffix is not CLIP's {ByteVocabulary.EndOfWord}");
        return IdsOf(model.GetProperty("vocab"));
    }

    private static List<string> MergesOf(JsonElement model) =>
        [
            .. model
                .GetProperty("merges")
                .EnumerateArray()
                .Select(merge =>
                    merge.ValueKind == JsonValueKind.Array ? $"{merge[0].GetString()} {merge[1].GetString()}" : merge.GetString()!
                ),
        ];

    private static IEnumerable<string> MergeLines(string path)
    {
        try
        {
            return File.ReadAllLines(path).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path}: cannot be read: {FileFault.ReasonOf(e)}", e);
        }
    }

    private static IEnumerable<(string Token, int Id)> AddedIn(JsonElement whole) =>
        whole.TryGetProperty("added_tokens", out var tokens) && tokens.ValueKind == JsonValueKind.Array
            ? tokens.EnumerateArray().Select(token => (token.GetProperty("content").GetString()!, token.GetProperty("id").GetInt32()))
            : [];

    private static IEnumerable<(string Token, int Id)> DecoderIn(JsonElement config) =>
        config.ValueKind == JsonValueKind.Object
        && config.TryGetProperty("added_tokens_decoder", out var tokens)
        && tokens.ValueKind == JsonValueKind.Object
            ? tokens
                .EnumerateObject()
                .Select(token =>
                    (
                        token.Value.GetProperty("content").GetString()!,
                        int.Parse(token.Name, NumberStyles.None, CultureInfo.InvariantCulture)
                    )
                )
            : [];
}
