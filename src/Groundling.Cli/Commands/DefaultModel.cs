using Groundling.Data;
using Groundling.Diffusion;

namespace Groundling.Cli.Commands;

/// <summary>The model of commands that are given none: the embedded one, which the build lays beside the program.</summary>
internal static class DefaultModel
{
    private static readonly string Folder = System.IO.Path.Combine(AppContext.BaseDirectory, "models", "scenes");

    /// <summary>What its users should know.</summary>
    public const string Note = "note: no --model given: the embedded model answers, which knows the drawn world of groundling scenes, not photographs";

    /// <summary>Its folder.</summary>
    /// <exception cref="InputException">It is not there.</exception>
    public static string Path() => Directory.Exists(Folder) ? Folder : throw new InputException($"{Folder}: the embedded model is missing; install the program again, or name a model by --model DIR");

    /// <summary>What its users should know of a caption: the words of its phrases that the model never read; null where it knows them all.</summary>
    /// <remarks>Its vocabulary was learnt until every word of the captions that it was trained on was one token.</remarks>
    public static string? NoteOn(Caption caption, ClipTokenizer tokenizer)
    {
        var unread = caption.Phrases.SelectMany(phrase => ClipTokenizer.Words(phrase.Text)).Distinct().Where(word => tokenizer.Tokenize(word).Count > 1).ToList();
        return unread.Count == 0 ? null : $"note: the embedded model never read {string.Join(", ", unread.Select(word => $"'{word}'"))}: phrases with such words may get no mask, or a wrong one";
    }
}
