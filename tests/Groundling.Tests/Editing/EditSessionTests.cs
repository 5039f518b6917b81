using System.Text.Json.Nodes;
using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Data.Editing;
using Groundling.Tests.Data;

namespace Groundling.Tests.Editing;

public sealed class EditSessionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_edited_is_a_benchmark_without_faults()
    {
        var data = EditingData.Begin(_folder);
        using (var session = EditSession.Open(data, "val"))
        {
            Assert.Equal(["1", "2"], session.Pictures.Select(picture => picture.Id));
            var barn = session["1"];
            Assert.Equal(["a red barn", "two dogs", "the sea"], Words(barn.State.Narrative));
            barn.Apply(new Edit.AddSegment("sea", IsThing: false) { Id = 9, Mask = EditingData.Box(0, 10, 40, 20) });
            barn.Apply(new Edit.AddSegment("barn") { Mask = EditingData.Box(5, 5, 10, 10) });
            var first = barn.State.NextSegment;
            barn.Apply(new Edit.AddSegment("dog") { Mask = EditingData.Box(20, 12, 4, 4) });
            var second = barn.State.NextSegment;
            barn.Apply(new Edit.AddSegment("dog") { Mask = EditingData.Box(30, 12, 4, 4) });
            Assert.Equal(16, barn.State.Segments[^1].Area);
            barn.Apply(new Edit.Assign(0, [barn.State.Segments[1].Id]));
            barn.Apply(new Edit.Assign(barn.State.Narrative.Find("two dogs")!.Start, [first, second]));
            barn.Apply(new Edit.Assign(barn.State.Narrative.Find("the sea")!.Start, [9]));
            session["2"].Apply(new Edit.SetCaption("a quiet lake"));
            session["2"].Apply(new Edit.AddPhrase(2, 12));
            Assert.True(session.IsDirty);
            Assert.Equal(2, session.Save());
            Assert.False(session.IsDirty);
            Assert.Equal(0, session.Save());
        }
        var examples = EditingData.Sound(data);
        Assert.Equal(["a red barn and two dogs by the sea", "a quiet lake"], examples.Select(example => example.Caption.Text));
        var phrases = examples[0].Phrases;
        Assert.Equal(["a red barn", "two dogs", "the sea"], phrases.Select(phrase => phrase.Span.Text));
        Assert.Equal([false, true, false], phrases.Select(phrase => phrase.PluralFlag));
        Assert.Equal([true, true, false], phrases.Select(phrase => phrase.LastIsThing));
        var masks = examples[0].LoadMasks(new());
        Assert.Equal([100, 32, 800 - 50 - 32], masks.Select(mask => (int)mask.Area)); // the barn stands half in the sea
        Assert.Empty(examples[1].Phrases);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(data, "annotations"), ".*"));
    }

    [Fact]
    public void What_a_file_holds_besides_the_edited_picture_stays_to_the_byte()
    {
        using var benchmark = new SmallBenchmark()
            .With(SmallBenchmark.Panoptic, "{\"images\"", "{\"info\": {\"year\":  2017}, \"images\"")
            .With(
                SmallBenchmark.Panoptic,
                "\"annotations\": [",
                "\"annotations\": [{\"image_id\": 7, \"file_name\": \"7.png\",  \"segments_info\": []}, "
            )
            .With(SmallBenchmark.Panoptic, "\"file_name\": \"000000000042.png\"", "\"file_name\": \"000000000042.png\", \"reviewed\": true")
            .With(SmallBenchmark.Narratives, "[{\"image_id\": \"42\"", "[ {\"caption\": \"lost\" },\n{\"image_id\": \"42\"");
        using (var session = EditSession.Open(benchmark.Path, "val"))
            session["42"].Apply(new Edit.SetCategory(300, "woman"));
        var panoptic = File.ReadAllText(benchmark.File(SmallBenchmark.Panoptic));
        Assert.StartsWith("{\"info\": {\"year\":  2017}, \"images\": [{\"id\": 42, \"file_name\": \"000000000042.jpg\"", panoptic);
        Assert.Contains("{\"image_id\": 7, \"file_name\": \"7.png\",  \"segments_info\": []}, {", panoptic);
        var annotation = JsonNode.Parse(panoptic)!["annotations"]![1]!;
        Assert.True((bool)annotation["reviewed"]!);
        Assert.Equal([187, 188], annotation["segments_info"]!.AsArray().Select(info => (int)info!["category_id"]!));
        Assert.Equal("woman", (string)JsonNode.Parse(panoptic)!["categories"]![2]!["name"]!);
        Assert.StartsWith("[ {\"caption\": \"lost\" },\n{\"image_id\":\"42\"", File.ReadAllText(benchmark.File(SmallBenchmark.Narratives)));
        Assert.Equal("man", benchmark.Read().Examples[0].Phrases[1].Span.Text[2..]);
    }

    [Fact]
    public void Undo_and_redo_go_all_the_way_and_back()
    {
        var data = EditingData.Begin(_folder);
        using var session = EditSession.Open(data, "val");
        var picture = session["1"];
        var random = new Random(5);
        var states = new List<string> { Look(picture) };
        for (int i = 0; i < 60; i++)
        {
            var (x, y) = (random.Next(30), random.Next(20));
            var ids = picture.State.Segments.Select(segment => segment.Id).ToList();
            picture.Apply(
                i % 5 == 0 || ids.Count == 0 ? new Edit.AddSegment($"thing {i}") { Mask = EditingData.Box(x, y, 9, 9) }
                : i % 7 == 0 ? new Edit.RemoveSegment(ids[random.Next(ids.Count)])
                : i % 3 == 0 ? new Edit.Paint(0, EditingData.Box(x, y, 5, 8))
                : new Edit.Paint(ids[random.Next(ids.Count)], EditingData.Box(x, y, 8, 5), random.Next(2) == 0 ? 0 : null)
            );
            states.Add(Look(picture));
        }
        for (int i = states.Count - 2; i >= 0; i--)
        {
            picture.Undo();
            Assert.Equal(states[i], Look(picture));
        }
        Assert.Contains("nothing to undo", Assert.Throws<InputException>(() => picture.Undo()).Message);
        foreach (var state in states.Skip(1))
        {
            picture.Redo();
            Assert.Equal(state, Look(picture));
        }
        Assert.False(picture.State.CanRedo);
    }

    [Fact]
    public void A_session_that_dies_leaves_all_to_the_next_with_its_history()
    {
        var data = EditingData.Begin(_folder);
        var copy = _folder.File("copy");
        string before;
        using (var session = EditSession.Open(data, "val"))
        {
            var picture = session["1"];
            picture.Apply(new Edit.AddSegment("barn") { Id = 5, Mask = EditingData.Box(1, 2, 3, 4) });
            before = Look(picture);
            picture.Apply(new Edit.Paint(5, EditingData.Box(10, 10, 3, 3)), key: "k");
            Copy(data, copy); // as the disk is when the process is killed here
        }
        // The line of an edit that was never acknowledged is cut.
        var journal = Directory.GetFiles(Path.Combine(copy, "annotations/.editing-val"), "*.journal").Single();
        File.AppendAllText(journal, "0123abcd {\"edit\":{\"op\":\"undo");
        using (var session = EditSession.Open(copy, "val"))
        {
            Assert.Equal(1, session.Recovered);
            var picture = session["1"];
            Assert.Equal(12 + 9, picture.State.Segments[0].Area);
            var version = picture.State.Version;
            Assert.Equal(version, picture.Apply(new Edit.Paint(5, EditingData.Box(10, 10, 3, 3)), "an older one", "k").State.Version); // the answer was lost
            picture.Undo();
            Assert.Equal(before, Look(picture));
            picture.Redo();
        }
        Assert.Equal(21, EditingData.Sound(copy)[0].Segments.Single().Area);
    }

    [Fact]
    public void A_journal_that_is_damaged_in_the_middle_is_named_and_kept()
    {
        var (data, copy) = (EditingData.Begin(_folder), _folder.File("copy"));
        using (var session = EditSession.Open(data, "val"))
        {
            foreach (var i in Enumerable.Range(1, 3))
                session["1"].Apply(new Edit.AddSegment("barn") { Id = i, Mask = EditingData.Box(i, i, 3, 3) });
            Copy(data, copy);
        }
        var journal = Directory.GetFiles(Path.Combine(copy, "annotations/.editing-val"), "*.journal").Single();
        var bytes = File.ReadAllBytes(journal);
        bytes[bytes.AsSpan().IndexOf("\"id\":2"u8) + 5] ^= 1;
        File.WriteAllBytes(journal, bytes);
        var fault = Assert.Throws<InputException>(() => EditSession.Open(copy, "val"));
        Assert.Contains("is damaged at line 3", fault.Message);
        Assert.Equal(bytes, File.ReadAllBytes(journal));
    }

    [Fact]
    public void Of_two_editors_the_slower_is_told_and_changes_nothing()
    {
        var data = EditingData.Begin(_folder);
        using var session = EditSession.Open(data, "val");
        Assert.Contains("being edited already", Assert.Throws<InputException>(() => EditSession.Open(data, "val")).Message);
        var picture = session["1"];
        var seen = picture.State.Version;
        picture.Apply(new Edit.AddSegment("barn") { Id = 5 }, seen, "a");
        Assert.Throws<EditConflictException>(() => picture.Apply(new Edit.AddSegment("dog") { Id = 6 }, seen, "b"));
        Assert.Equal([5], picture.State.Segments.Select(segment => segment.Id));
        var undone = picture.Undo().State;
        Assert.NotEqual(seen, undone.Version); // equal again, but somebody was here
    }

    [Fact]
    public void More_pictures_than_stay_in_memory_keep_their_histories()
    {
        foreach (var i in Enumerable.Range(0, 20))
            _folder.Write($"pictures/{i:00}.png", TinyModel.Gradient(16, 12).EncodePng());
        var data = _folder.File("data");
        NewBenchmark.Write(data, "val", [.. Directory.GetFiles(_folder.File("pictures")).Order()]);
        using (var session = EditSession.Open(data, "val"))
        {
            foreach (var picture in session.Pictures)
            {
                picture.Apply(new Edit.SetCaption($"picture {picture.Id}"));
                picture.Apply(new Edit.AddSegment("thing") { Id = 3, Mask = EditingData.Box(0, 0, 4, 4, 16, 12) });
            }
            session.Save();
            var first = session.Pictures[0];
            first.Undo();
            first.Undo();
            Assert.Equal("", first.State.Narrative.Caption);
        }
        Assert.Equal(19, EditingData.Sound(data).Count); // the first one is without a caption again, and left out
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_cannot_be_done_is_refused_and_changes_nothing(Edit edit, string says)
    {
        var data = EditingData.Begin(_folder);
        using var session = EditSession.Open(data, "val");
        var picture = session["1"];
        picture.Apply(new Edit.AddSegment("sky", IsThing: false) { Id = 5, Mask = EditingData.Box(1, 2, 3, 4) });
        var (before, version) = (Look(picture), picture.State.Version);
        Assert.Contains(says, Assert.Throws<InputException>(() => picture.Apply(edit)).Message);
        Assert.Equal(before, Look(picture));
        Assert.Equal(version, picture.State.Version);
    }

    public static TheoryData<Edit, string> Bad() =>
        new()
        {
            { new Edit.AddPhrase(-1, 4), "not within the caption" },
            { new Edit.AddPhrase(0, 4000), "not within the caption" },
            { new Edit.AddPhrase(4, 4), "not within the caption" },
            { new Edit.AddPhrase(2, 5), "overlaps the phrase \"a red barn\"" },
            { new Edit.AddPhrase(10, 11), "is blank" },
            { new Edit.AddPhrase(0, 1, 3), "no narrative 3" },
            {
                new Edit.AddPhrase(11, 14) { Segments = [77] },
                "no segment 77"
            },
            { new Edit.MovePhrase(3, 0, 4), "begins at 3" },
            { new Edit.MovePhrase(0, 0, 18), "overlaps" },
            { new Edit.RemovePhrase(1), "begins at 1" },
            { new Edit.Assign(0, [5, 6]), "no segment 6" },
            { new Edit.SetCaption(" \n "), "caption is empty" },
            { new Edit.SetCaption(new string('a', 10_001)), "10001 characters" },
            { new Edit.SetCaption("half \ud800 a pair"), "surrogate" },
            {
                new Edit.SetCaption("a dog")
                {
                    Phrases =
                    [
                        [0, 5],
                        [2, 5],
                    ],
                },
                "overlaps"
            },
            {
                new Edit.SetCaption("a dog")
                {
                    Phrases =
                    [
                        [0],
                    ],
                },
                "two numbers"
            },
            {
                new Edit.AddSegment("a") { Id = 5 },
                "taken"
            },
            {
                new Edit.AddSegment("a") { Id = 1 << 24 },
                "out of range"
            },
            { new Edit.AddSegment(" "), "0 characters" },
            { new Edit.AddSegment("a\tb"), "control characters" },
            { new Edit.AddSegment("SKY"), "is stuff in these data" },
            {
                new Edit.AddSegment("a") { Mask = RunLengthMask.Empty(9, 9) },
                "9 x 9"
            },
            { new Edit.Paint(5, RunLengthMask.Empty(30, 40)), "30 x 40" },
            { new Edit.Paint(6, RunLengthMask.Empty(40, 30)), "no segment 6" },
            { new Edit.Paint(5, null!), "no mask" },
            { new Edit.RemoveSegment(0), "no segment 0" },
            { new Edit.SetCategory(5, new string('x', 101)), "101 characters" },
            { new Edit.Batch([]), "at least one" },
            { new Edit.Batch([new Edit.Undo()]), "none of them undo" },
            { new Edit.Batch([new Edit.Paint(5, EditingData.Box(0, 0, 40, 30)), new Edit.RemoveSegment(8)]), "no segment 8" },
            { new Edit.Redo(), "nothing to redo" },
        };

    [Theory]
    [InlineData("{}", "\"op\" is missing")]
    [InlineData("null", "is null")]
    [InlineData("[1]", "no edit")]
    [InlineData("{\"op\":\"dance\"}", "no edit")]
    [InlineData("{\"op\":\"assign\",\"phrase\":1}", "segments")]
    [InlineData("{\"op\":\"undo\",\"why\":1}", "why")]
    [InlineData("{\"op\":\"paint\",\"segment\":1,\"mask\":{\"size\":[1,1],\"counts\":\"zz\"}}", "mask")]
    public void JSON_that_is_no_edit_is_refused(string json, string says) =>
        Assert.Contains(says, Assert.Throws<InputException>(() => Edit.Parse(json)).Message);

    [Fact]
    public void Edits_are_the_same_after_JSON()
    {
        foreach (var edit in Bad().Select(row => row.Data.Item1).Where(edit => edit is not (Edit.Paint { Mask: null } or Edit.SetCaption)))
            Assert.Equal(edit.ToJson(), Edit.Parse(edit.ToJson()).ToJson());
        var batch = Assert.IsType<Edit.Batch>(Edit.Parse("""{"edits":[{"segment":3,"op":"remove_segment"}],"op":"batch"}"""));
        Assert.Equal(new Edit.RemoveSegment(3), batch.Edits.Single());
    }

    private static IEnumerable<string> Words(EditedNarrative told) => told.Phrases.Select(phrase => told.Caption[phrase.Start..phrase.End]);

    private static string Look(EditedPicture picture)
    {
        var (state, _, _, map) = picture.Read();
        return System.Text.Json.JsonSerializer.Serialize(
            new
            {
                state.Narratives,
                state.Segments,
                Map = map.Select(run => $"{run.Start}:{run.After}"),
            }
        );
    }

    internal static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var place = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            if (Path.GetFileName(file) != ".lock")
                File.Copy(file, place);
        }
    }
}
