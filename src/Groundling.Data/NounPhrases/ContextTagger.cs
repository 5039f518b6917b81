using static Groundling.Data.NounPhrases.WordClass;

namespace Groundling.Data.NounPhrases;

/// <summary>Decides what each word is, left to right, from what it can be and from its neighbours.</summary>
internal static class ContextTagger
{
    public static TaggedCaption Tag(IReadOnlyList<Token> tokens, Lexicon lexicon)
    {
        var caption = new TaggedCaption(tokens, lexicon);
        for (var index = 0; index < caption.Count; index++)
        {
            // 1. Fixed expressions are one word: "in front of".
            var (length, expression) = caption.ExpressionAt(index);
            if (length > 0 && !(expression == Adverb && caption.Text(index + length) is "of"))
            {
                for (var last = index + length; index < last; index++)
                {
                    caption.Decide(index, expression);
                }

                index--;
                continue;
            }

            // 2. What is quoted before a noun describes it: a "no parking" sign.
            if (caption.QuotedBeforeNoun(index) is var closing and > 0)
            {
                for (; index <= closing; index++)
                {
                    caption.Decide(index, Adjective);
                }

                index--;
                continue;
            }

            // 3. Everything else by the first rule that knows the word.
            caption.Decide(index, Decide(caption, index));
        }

        return caption;
    }

    private static WordClass Decide(TaggedCaption caption, int index)
    {
        var word = caption.Word(index);
        if (int.PopCount((int)word.Classes) == 1 && word.CanBe(Noun | AnyVerb | Symbol) && !word.Has(WordTraits.Unit))
        {
            return word.Classes;
        }

        if (caption.Token(index).Capitalised && word.CanBe(AnyNoun) && !word.CanBe(Closed & ~Number))
        {
            // An unknown name in -s is no plural: "Mrs. Jones".
            return word.CanBe(Noun) || word.Has(WordTraits.Unknown) ? Noun : Plural;
        }

        return word switch
        {
            _ when word.CanBe(Closed) => ClosedWordRules.Decide(caption, index),
            _ when word.CanBe(Gerund) => ParticipleRules.DecideIng(caption, index),
            _ when word.CanBe(AnyPast) => ParticipleRules.DecidePast(caption, index),
            _ => OpenWordRules.Decide(caption, index),
        };
    }
}
