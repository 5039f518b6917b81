using System.Text;
using System.Text.RegularExpressions;
using Groundling.Data.Editing;
using Groundling.Tests.Cli;
using Groundling.Tests.Data;

namespace Groundling.Tests.Editing;

/// <summary>Edits as a text: what one folder has is made in another, and a file that cannot be done whole changes nothing.</summary>
public sealed class EditFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Annotations_go_through_a_file_into_another_folder()
    {
        var data = EditingData.Begin(_folder);
        using (var session = EditSession.Open(data, "val"))
        {
            var barn = session["1"];
            barn.Apply(new Edit.AddSegment("barn") { Id = 7, Mask = EditingData.Box(3, 4, 5, 6) });
            barn.Apply(new Edit.AddSegment("dog") { Id = 8, Mask = EditingData.Box(20, 4, 5, 6) });
            barn.Apply(new Edit.AddSegment("crowd of dogs") { Id = 9, Mask = EditingData.Box(30, 4, 5, 6) });
            barn.Apply(new Edit.SetCategory(9, "crowd of dogs", IsThing: true, IsCrowd: true));
            barn.Apply(new Edit.AddSegment("sea", IsThing: false) { Id = 10 }); // nobody has painted it: nothing to hand on
            barn.Apply(new Edit.Assign(0, [7]));
            barn.Apply(new Edit.Assign(barn.State.Narrative.Find("two dogs")!.Start, [8, 9]));
        }
        File.Delete(_folder.File("pictures/barn.txt"));
        var copy = _folder.File("copy");
        NewBenchmark.Write(copy, "train", [_folder.File("pictures/lake.png"), _folder.File("pictures/barn.png")]);
        var edits = CommandRun.Of("data", "edit", data, "--print").Works().Output;
        Assert.Single(edits.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        _folder.Write("edits.jsonl", edits);
        var done = CommandRun.Of("data", "edit", copy, "--split", "train", "--edits", _folder.File("edits.jsonl")).Works();
        Assert.Contains("1 edits in 1 pictures", done.Output);

        using EditSession before = EditSession.Open(data, "val"),
            after = EditSession.Open(copy, "train");
        var (from, to) = (before["1"], after["2"]);
        Assert.Equal("barn.png", to.FileName);
        Assert.Equal(from.State.Narrative.Caption, to.State.Narrative.Caption);
        Assert.Equal(
            from.State.Narrative.Phrases.Select(phrase => (phrase.Start, phrase.End, string.Join(',', phrase.Segments), phrase.IsPlural)),
            to.State.Narrative.Phrases.Select(phrase => (phrase.Start, phrase.End, string.Join(',', phrase.Segments), phrase.IsPlural))
        );
        Assert.Equal([7, 8, 9], to.State.Segments.Select(segment => segment.Id));
        Assert.Equal([false, false, true], to.State.Segments.Select(segment => segment.IsCrowd));
        Assert.Equal(["barn", "dog", "crowd of dogs"], to.State.Segments.Select(segment => segment.Category.Name));
        foreach (int id in (int[])[7, 8, 9])
            Assert.Equal(from.MaskOf(id).ToCompressed(), to.MaskOf(id).ToCompressed());
    }

    /// <summary>Half an emoji, as JSON may hold it, and a letter that is not UTF-8, in a member that nobody here knows.</summary>
    [Fact]
    public void Members_that_are_not_known_stay_to_the_byte_whatever_they_hold()
    {
        const string Note = "\"note\": [ \"cut \\ud83d\", \"Jos\u00e9\", 1.50 ]";
        var data = EditingData.Begin(_folder);
        string[] files =
        [
            Path.Combine(data, "annotations", "png_coco_val2017.json"),
            Path.Combine(data, "annotations", "panoptic_val2017.json"),
        ];
        foreach (var file in files)
            Write(file, new Regex("\"image_id\"").Replace(Read(file), $"{Note}, \"image_id\""));
        using (var session = EditSession.Open(data, "val"))
        {
            session["1"].Apply(new Edit.AddSegment("barn") { Id = 7, Mask = EditingData.Box(3, 4, 5, 6) });
            session["1"].Apply(new Edit.SetCaption("a barn"));
        }
        Assert.Contains("a barn", Read(files[0]));
        Assert.Contains("\"area\":30", Read(files[1]));
        foreach (var file in files)
            Assert.Equal(2, Read(file).Split(Note["\"note\": ".Length..]).Length - 1);
        using var again = EditSession.Open(data, "val");
        Assert.Equal("a barn", again["1"].State.Narrative.Caption);

        static string Read(string file) => File.ReadAllText(file, Encoding.Latin1); // a byte a letter
        static void Write(string file, string text) => File.WriteAllText(file, text, Encoding.Latin1);
    }

    private const string Good = """{"picture": "barn.png", "operation": {"op": "set_caption", "text": "a barn"}}""";

    [Theory]
    [InlineData("nonsense", "line 3", "no object with \"picture\"")]
    [InlineData("""{"picture": "barn.png"}""", "line 3", "\"operation\"")]
    [InlineData("""{"picture": 7, "operation": {"op": "undo"}}""", "line 3", "no object with \"picture\"")]
    [InlineData("""{"picture": "moon.png", "operation": {"op": "remove_segment", "segment": 1}}""", "line 3", "no picture moon.png")]
    [InlineData("""{"picture": "barn.png", "operation": {"op": "repaint"}}""", "line 3", "no edit")]
    [InlineData("""{"picture": "barn.png", "operation": {"op": "undo"}}""", "line 3", "undo and redo belong to a session")]
    [InlineData("""{"picture": "lake.png", "operation": {"op": "remove_segment", "segment": 1}}""", "line 3", "nothing was changed")]
    public void A_file_that_cannot_be_done_whole_changes_nothing(string line, params string[] says)
    {
        var data = EditingData.Begin(_folder);
        _folder.Write("edits.jsonl", $"{Good}\n\n{line}\n");
        CommandRun.Of("data", "edit", data, "--edits", _folder.File("edits.jsonl"), "--quiet").RefusesInOneLine(says);
        using var session = EditSession.Open(data, "val");
        Assert.Throws<InputException>(() => EditFile.Apply(session, _folder.File("edits.jsonl")));
        Assert.Equal("a red barn and two dogs by the sea", session["1"].State.Narrative.Caption);
        Assert.Equal(3, session["1"].State.Narrative.Phrases.Count);
    }

    [Fact]
    public void Either_a_file_or_a_list_is_asked_for()
    {
        var data = EditingData.Begin(_folder);
        CommandRun.Of("data", "edit", data).RefusesInOneLine("either --edits FILE", "--print");
        CommandRun.Of("data", "edit", data, "--print", "--edits", "x").RefusesInOneLine("either --edits FILE");
        CommandRun.Of("data", "edit", data, "--edits", _folder.File("nowhere")).RefusesInOneLine("nowhere");
        Assert.Contains(
            "line 1",
            Assert
                .Throws<InputException>(() =>
                {
                    _folder.Write("bad.jsonl", "{}");
                    using var session = EditSession.Open(data, "val");
                    EditFile.Apply(session, _folder.File("bad.jsonl"));
                })
                .Message
        );
    }
}
