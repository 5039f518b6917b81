using System.Text.Encodings.Web;
using System.Text.Json;
using Groundling.Core;

namespace Groundling.Data.Editing;

/// <summary>
/// Edits as a text: a JSON object a line, <c>{"picture": "barn.png", "operation": {"op": "set_caption", ...}}</c>. A picture is known by
/// its file name, so that edits of one folder can be done in another that has the same pictures.
/// </summary>
public static class EditFile
{
    private static readonly JsonSerializerOptions Style = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line that makes, of a picture of which nothing is annotated, what this one has; null where it has nothing.</summary>
    /// <exception cref="InputException">The annotation cannot be read.</exception>
    public static string? LineOf(EditedPicture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var state = picture.State;
        var edits = new List<Edit>();
        foreach (var segment in state.Segments.Where(segment => segment.Area > 0))
        {
            var (category, id) = (segment.Category, segment.Id);
            edits.Add(new Edit.AddSegment(category.Name, category.IsThing) { Id = id, Mask = picture.MaskOf(id) });
            if (segment.IsCrowd)
                edits.Add(new Edit.SetCategory(id, category.Name, category.IsThing, IsCrowd: true));
        }
        foreach (var (i, narrative) in state.Narratives.Index().Where(told => told.Item.Caption.Length > 0))
        {
            edits.Add(
                new Edit.SetCaption(narrative.Caption, i)
                {
                    Phrases = [.. narrative.Phrases.Select(phrase => (int[])[phrase.Start, phrase.End])],
                }
            );
            foreach (var phrase in narrative.Phrases.Where(phrase => phrase.Segments.Count > 0))
                edits.Add(new Edit.Assign(phrase.Start, phrase.Segments, i));
        }
        return edits.Count == 0
            ? null
            : $"{{\"picture\": {JsonSerializer.Serialize(picture.FileName, Style)}, \"operation\": {new Edit.Batch(edits).ToJson()}}}";
    }

    /// <summary>Does the edits of a file in their order, all of them or none.</summary>
    /// <param name="session">The data that are edited.</param>
    /// <param name="path">The file; empty lines are passed over.</param>
    /// <param name="progress">Told how many of how many lines are done.</param>
    /// <param name="cancellation">Stops the work; what was done is taken back.</param>
    /// <returns>How many edits were done, and in how many pictures.</returns>
    /// <exception cref="InputException">A line is no edit, names no picture, or cannot be done; what was done is taken back.</exception>
    /// <exception cref="IOException">The disk does not take it; what was done is taken back.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static (int Edits, int Pictures) Apply(
        EditSession session,
        string path,
        Action<int, int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(session);
        var pictures = session.Pictures.ToLookup(picture => picture.FileName, StringComparer.Ordinal);
        var lines = new List<(int Number, EditedPicture Picture, Edit Edit)>();
        foreach (var (i, line) in PlainText.Read(path).Split('\n').Index().Where(line => !string.IsNullOrWhiteSpace(line.Item)))
            lines.Add(InLine(path, i + 1, () => Parse(i + 1, line, pictures)));
        int done = 0;
        try
        {
            foreach (var (number, picture, edit) in lines)
            {
                cancellation.ThrowIfCancellationRequested();
                InLine(path, number, () => picture.Apply(edit));
                done++;
                progress?.Invoke(done, lines.Count);
            }
        }
        catch
        {
            while (done > 0)
                lines[--done].Picture.Undo();
            throw;
        }
        return (lines.Count, lines.DistinctBy(line => line.Picture.Id).Count());
    }

    private static (int, EditedPicture, Edit) Parse(int number, string line, ILookup<string, EditedPicture> pictures)
    {
        string name,
            operation;
        try
        {
            using var json = JsonDocument.Parse(line);
            name = json.RootElement.GetProperty("picture").GetString() ?? "";
            operation = json.RootElement.GetProperty("operation").GetRawText();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InputException("it is no object with \"picture\", a file name, and \"operation\"", e);
        }
        var found = pictures[name].ToList();
        if (found.Count != 1)
            throw new InputException(
                $"the data have {(found.Count == 0 ? "no picture" : $"{found.Count} pictures")} {PlainText.Excerpt(name)}; name one of theirs"
            );
        var edit = Edit.Parse(operation);
        return edit is Edit.Undo or Edit.Redo
            ? throw new InputException("undo and redo belong to a session; leave the step out that is taken back")
            : (number, found[0], edit);
    }

    private static T InLine<T>(string path, int number, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (InputException e)
        {
            throw new InputException($"{path}, line {number}: {e.Message}; nothing was changed", e);
        }
    }
}
