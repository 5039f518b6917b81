using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Tests.Data;

public class NarrativeTests
{
    private const string Two = """
        [
         {"image_id": "000000000042", "annotator_id": 3, "caption": "In this image, a Man  holds two balls.", "segments": [
           {"utterance": "in this", "segment_ids": [], "plural": false, "noun": false},
           {"utterance": "image", "segment_ids": [], "plural": false, "noun": true},
           {"utterance": ",", "segment_ids": [], "plural": false, "noun": false},
           {"utterance": "a man", "segment_ids": ["7"], "plural": false, "noun": true},
           {"utterance": "holds", "segment_ids": [], "plural": false, "noun": false},
           {"utterance": "twoballs", "segment_ids": [8, "9"], "plural": true, "noun": true},
           {"utterance": "a unicorn", "segment_ids": ["8"], "plural": false, "noun": true}]},
         {"image_id": 43, "annotator_id": 0, "caption": "", "segments": []}
        ]
        """;

    [Fact]
    public void Fields_are_read_and_ids_may_be_numbers()
    {
        using var folder = new TemporaryFolder();
        var narratives = NarrativeReader.Read(folder.Write("png.json", Two)).ToList();
        Assert.Equal(["42", "43"], narratives.Select(n => n.ImageId));
        Assert.Equal(3, narratives[0].AnnotatorId);
        Assert.Equal([8, 9], narratives[0].Segments[5].SegmentIds);
        Assert.True(narratives[0].Segments[5].Plural);
        Assert.True(narratives[0].Segments[1].Noun);
    }

    [Fact]
    public void Utterances_are_walked_through_the_caption()
    {
        using var folder = new TemporaryFolder();
        var placed = NarrativeReader.ReadOne(folder.Write("png.json", Two), 0).ToCaption();
        Assert.Equal(["image", "a Man", "two balls"], placed.Caption.Phrases.Select(p => p.Text));
        Assert.Equal([false, true, true], Enumerable.Range(0, 3).Select(placed.IsGrounded));
        Assert.Equal(["a unicorn"], placed.Unplaced);
        Assert.Equal(["a Man", "two balls"], placed.GroundedOnly().Phrases.Select(p => p.Text));
        Assert.All(placed.Caption.Phrases, p => Assert.Equal(p.Text, placed.Caption.Text.Substring(p.Start, p.Length)));
    }

    [Fact]
    public void The_same_words_take_their_places_in_order()
    {
        var narrative = new Narrative(
            "1",
            0,
            "A man near a man and the man.",
            [
                .. new[] { "a man", "near", "a man", "and", "the", "man", "." }.Select(
                    (u, i) => new NarrativeSegment(u, [], false, u.Contains("man", StringComparison.Ordinal))
                ),
            ]
        );
        Assert.Equal([0, 11, 25], narrative.ToCaption().Caption.Phrases.Select(p => p.Start));
    }

    [Fact]
    public void A_lost_utterance_does_not_lose_the_rest()
    {
        var narrative = new Narrative(
            "1",
            0,
            "a dog and a category, a cat",
            [new("a wolf", [1], false, true), new("a cat", [2], false, true), new("", [3], false, true)]
        );
        var placed = narrative.ToCaption();
        Assert.Equal([22], placed.Caption.Phrases.Select(p => p.Start));
        Assert.Equal(["a wolf", ""], placed.Unplaced);
    }

    [Theory]
    [InlineData(2, "holds 2, numbered 0 to 1")]
    [InlineData(-1, "holds 2, numbered 0 to 1")]
    [InlineData(1, "caption is empty")]
    public void One_narrative_out_of_reach_is_refused(int index, string says)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("png.json", Two);
        Assert.Contains(says, Assert.Throws<InputException>(() => NarrativeReader.ReadOne(path, index)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_files_are_refused_wherever_they_are_cut()
    {
        using var folder = new TemporaryFolder();
        for (int length = 0; length < Two.Length - 1; length += 7)
        {
            var path = folder.Write("cut.json", Two[..length].TrimEnd());
            var fault = Assert.Throws<InputException>(() => NarrativeReader.Read(path).Count());
            Assert.Contains("cut short", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', fault.Message);
        }
    }

    [Theory]
    [InlineData("[{\"image_id\": \"1\" \"caption\": \"\"}]", "not valid JSON at line 1")]
    [InlineData("[\n,,", "line 2")]
    [InlineData("[{\"image_id\": \"one\", \"segments\": []}]", "\"image_id\" is \"one\"")]
    [InlineData("[{\"image_id\": 1, \"segments\": 5}]", "narrative 0: \"segments\" is 5")]
    [InlineData("[{\"image_id\": 1, \"segments\": []}]", "\"caption\" is missing")]
    [InlineData(
        "[{\"image_id\": 1, \"caption\": \"a\", \"segments\": [{\"utterance\": \"a\", \"segment_ids\": [\"x\"]}]}]",
        "narrative 0, segment 0: \"segment_ids\""
    )]
    [InlineData("{\"annotations\": [{}]}", "not a list of narratives")]
    [InlineData("[3]", "narrative 0")]
    [InlineData("\"text\"", "neither")]
    [InlineData("[] []", "not valid JSON")]
    public void Faulty_files_say_what_and_where(string json, string says)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("faulty.json", json);
        Assert.Contains(says, Assert.Throws<InputException>(() => NarrativeReader.Read(path).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Large_files_are_streamed()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("large.json");
        const int count = 5000;
        using (var file = new StreamWriter(path))
        {
            file.Write("\uFEFF[");
            for (int i = 0; i < count; i++)
                file.Write(
                    (i > 0 ? ",\n" : "")
                        + $$"""{"image_id":"{{i}}","caption":"{{new string('é', i % 700)}}","segments":[],"extra":{"a":[1,2,{"b":null} ] } }"""
                );
            file.Write("]");
        }
        int next = 0;
        foreach (var narrative in NarrativeReader.Read(path))
        {
            Assert.Equal(next.ToString(System.Globalization.CultureInfo.InvariantCulture), narrative.ImageId);
            Assert.Equal(next % 700, narrative.Caption.Length);
            next++;
        }
        Assert.Equal(count, next);
        Assert.Equal("0", NarrativeReader.Read(path).First().ImageId);
    }

    [Fact]
    public void A_missing_file_is_refused() =>
        Assert.Contains(
            "does not exist",
            Assert.Throws<InputException>(() => NarrativeReader.Read("/none/png.json").Any()).Message,
            StringComparison.Ordinal
        );
}
