using CsCheck;
using Groundling.Evaluation;
using Groundling.Web;

namespace Groundling.Tests.Evaluation;

public class GroupRuleTests
{
    private static readonly Gen<PhraseResult> Phrases = Gen.Select(
        Gen.Int[1, 3],
        Gen.Bool,
        Gen.Bool,
        Gen.Double[0, 1],
        (segments, plural, thing, iou) => new PhraseResult(0, "a", 0, segments, plural, thing, 1, iou, 1, 1, false, null)
    );

    public static TheoryData<string> Rules => [.. GroupRule.All.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Groups_part_the_whole_in_two_ways(string name)
    {
        var rule = GroupRule.Named(name);
        Phrases
            .Array[1, 30]
            .Sample(
                phrases =>
                {
                    double Sum(PhraseGroup group) => phrases.Where(p => rule.Contains(group, p)).Sum(p => AverageRecall.Of([p.IoU])!.Value);
                    int Count(PhraseGroup group) => phrases.Count(p => rule.Contains(group, p));
                    Assert.Equal(Count(PhraseGroup.Overall), Count(PhraseGroup.Things) + Count(PhraseGroup.Stuff));
                    Assert.Equal(Count(PhraseGroup.Overall), Count(PhraseGroup.Singulars) + Count(PhraseGroup.Plurals));
                    var whole = AverageRecall.Of(phrases.Select(p => p.IoU))!.Value * phrases.Length;
                    Assert.Equal(whole, Sum(PhraseGroup.Things) + Sum(PhraseGroup.Stuff), 1e-9);
                    Assert.Equal(whole, Sum(PhraseGroup.Singulars) + Sum(PhraseGroup.Plurals), 1e-9);
                },
                iter: 200
            );
    }

    [Fact]
    public void The_rules_are_the_published_ones()
    {
        var several = new PhraseResult(0, "two walls", 0, 2, false, false, 1, 0, 1, 1, false, null);
        Assert.True(GroupRule.Png.IsPlural(several));
        Assert.False(GroupRule.Png.IsThing(several));
        Assert.False(GroupRule.Flmm.IsPlural(several));
        Assert.False(GroupRule.Flmm.IsThing(several));

        var flagged = several with { Segments = 1, PluralFlag = true };
        Assert.False(GroupRule.Png.IsPlural(flagged));
        Assert.False(GroupRule.Png.IsThing(flagged));
        Assert.True(GroupRule.Flmm.IsPlural(flagged));
        Assert.True(GroupRule.Flmm.IsThing(flagged));
    }

    [Fact]
    public void Unknown_rules_are_refused() =>
        Assert.Contains("png, flmm", Assert.Throws<InputException>(() => GroupRule.Named("coco")).Message);
}
