using Groundling.Data;
using Groundling.Data.NounPhrases;

namespace Groundling.Tests.NounPhrases;

internal static class PhraseAssert
{
    public static void Valid(string caption, IReadOnlyList<NounPhrase> phrases)
    {
        var end = 0;
        foreach (var phrase in phrases)
        {
            Assert.True(phrase.Length > 0 && phrase.Start >= end, $"{phrase} overlaps or is empty in '{caption}'");
            end = phrase.Start + phrase.Length;
            Assert.True(end <= caption.Length, $"{phrase} ends after '{caption}'");
            Assert.Equal(caption[phrase.Start..end], phrase.Text);
        }
    }

    /// <summary>The chunker marks a caption exactly as written here: "[A dog] and [two cats]*".</summary>
    public static void Marks(string marked)
    {
        var labelled = LabelledCaption.Parse(marked);
        Assert.Equal(marked, LabelledCaption.Mark(labelled.Caption, NounPhraseChunker.English.Chunk(labelled.Caption)));
    }
}
