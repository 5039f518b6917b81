using Groundling.Export;
using Groundling.Tests.Data;

namespace Groundling.Tests.Export;

/// <summary>Which category a phrase is of.</summary>
public class CategoryTests
{
    [Theory]
    [InlineData("two red apples", "apple")]
    [InlineData("a man with a hat", "man")]
    [InlineData("three women", "woman")]
    [InlineData("a bottle of water", "bottle")]
    [InlineData("a group of girls", "girl")]
    [InlineData("most of the seats", "seat")]
    [InlineData("a kind of bird", "bird")]
    [InlineData("the bus", "bus")]
    [InlineData("a pair of scissors", "scissors")]
    [InlineData("Cherries", "cherry")]
    [InlineData("traffic_lights", "traffic_light")]
    [InlineData("🐶", "🐶")]
    public void A_head_noun_says_what_a_phrase_is(string phrase, string noun)
    {
        Assert.True(CategoryTable.OfHeadNouns().TryFind(phrase, out var category));
        Assert.Equal(noun, category.Name);
    }

    [Theory]
    [InlineData("two traffic lights", "traffic light")]
    [InlineData("a light", "lamp")]
    [InlineData("the Traffic-Light", "traffic light")]
    [InlineData("three young women", "person")]
    [InlineData("a dining table", "dining table")]
    [InlineData("the wooden table", null)]
    [InlineData("a cloudy sky", "sky-other-merged")]
    [InlineData("sky-other-merged", "sky-other-merged")]
    public void A_list_gives_the_longest_name_that_ends_at_the_noun(string phrase, string? name)
    {
        var table = CategoryFile.Parse(
            """
            # what we look for
            person = man, woman, boy, girl
            traffic light
            lamp = light
            dining table (thing)
            sky-other-merged (stuff) = sky, clouds
            """
        );
        Assert.Equal(name is not null, table.TryFind(phrase, out var category));
        Assert.Equal(name, category?.Name);
        Assert.Equal([true, true, true, true, false], table.All.Select(one => one.IsThing));
    }

    [Theory]
    [InlineData("", "no category")]
    [InlineData("dog\n= cat", "line 2")]
    [InlineData("dog = ,", "line 1")]
    [InlineData("(stuff)", "line 1")]
    [InlineData("dog = puppy\npuppies", "\"puppies\" is of two categories, \"dog\" and \"puppies\"")]
    [InlineData("dog\ndog", "the category \"dog\" stands twice; leave one out")]
    [InlineData("dog\nDogs", "the category \"Dogs\" stands twice, first as \"dog\"")]
    public void Faults_of_a_list_are_named(string text, string says)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("categories.txt", text);
        var fault = Assert.Throws<InputException>(() => CategoryFile.Read(path));
        Assert.StartsWith(path, fault.Message);
        Assert.Contains(says, fault.Message);
    }

    [Fact]
    public void A_bad_line_is_quoted_by_its_beginning()
    {
        var fault = Assert.Throws<InputException>(() => CategoryFile.Parse($"dog = {new string('x', 5000)}\u0001"));
        Assert.InRange(fault.Message.Length, 60, 200);
        Assert.DoesNotContain(fault.Message, char.IsControl);
    }

    [Fact]
    public void A_folder_is_no_list()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(
            $"{folder.Path}: is a folder; name a file",
            Assert.Throws<InputException>(() => CategoryFile.Read(folder.Path)).Message
        );
    }

    [Fact]
    public void Phrases_of_no_category_are_counted()
    {
        using var folder = new TemporaryFolder();
        using var exporter = new Exporter(folder.Path, ["png"], new() { Categories = CategoryFile.Parse("dog") });
        var grounding = Groundings.Make(6, 4, ("a dog", 0.9, new(0, 0, 2, 2)), ("a cat", 0.8, new(2, 0, 2, 2)));
        exporter.Add(new("a.png", GroundingDocument.From(grounding)) { Name = "a" });
        exporter.Add(new("b.png", GroundingDocument.From(grounding)) { Name = "b" });
        Assert.Equal(["01-dog.png", "masks.json"], Directory.GetFiles(folder.File("png/a")).Select(Path.GetFileName).Order());
        Assert.Equal(2, Assert.Single(exporter.Unsorted).Value);
    }

    [Fact]
    public void Unknown_formats_are_named() =>
        Assert.Contains("'coco' is not known", Assert.Throws<InputException>(() => new Exporter("out", ["png", "coco"])).Message);
}
