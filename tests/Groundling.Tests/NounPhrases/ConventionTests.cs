namespace Groundling.Tests.NounPhrases;

/// <summary>One rule of the convention a test.</summary>
public class ConventionTests
{
    [Theory]
    [InlineData("[a lamp] on [the desk]")]
    [InlineData("[the tail] of [a kite]")]
    [InlineData("[the girl] who feeds [the ducks]*")]
    [InlineData("[a van] that [the driver] parked near [a bakery]")]
    public void Attached_phrases_and_clauses_are_left_out(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("[a group of old men]*")]
    [InlineData("[a herd of zebra]*")]
    [InlineData("[a bottle of milk]")]
    [InlineData("[three bottles of milk]*")]
    [InlineData("[a basket of pears]")]
    [InlineData("[a pair of boots]*")]
    [InlineData("[lots of cars]*")]
    [InlineData("[lots of smoke]")]
    [InlineData("[one of the swimmers]")]
    [InlineData("[most of the swimmers]*")]
    [InlineData("[two slices of the pie]*")]
    [InlineData("[a wall of ice]")]
    [InlineData("[the wall] of [the house]")]
    public void Quantities_keep_their_of(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("[a black and brown dog]")]
    [InlineData("[red, white and blue flags]*")]
    [InlineData("[two trees]* and [the sky]")]
    [InlineData("[a spoon], [a fork] and [knives]*")]
    [InlineData("[two or three boats]*")]
    public void Adjectives_stay_together_and_nouns_split(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("[a swan] and [its reflection]")]
    [InlineData("[the farmer's old tractor]")]
    [InlineData("[the farmers' tractors]*")]
    [InlineData("she sees him and they wave at us")]
    [InlineData("someone gives it to her")]
    [InlineData("[her hat] fits her")]
    [InlineData("[the boy]'s holding [a net]")]
    public void Possessives_belong_and_lone_pronouns_do_not(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("In this image there is [a cow].")]
    [InlineData("The picture shows [a cow].")]
    [InlineData("A black and white photo of [a cow].")]
    [InlineData("[A boy] holds [a photo] of [a cow].")]
    [InlineData("[Two pictures]* hang above [the sofa].")]
    public void The_picture_itself_is_no_phrase(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("on the left side there is [a shelf]")]
    [InlineData("in the background, [hills]*")]
    [InlineData("at the top of [the ladder]")]
    [InlineData("[the top shelf] and [the left door]")]
    [InlineData("[a woman] in [a green top] with [a bag] on [her back]")]
    public void Places_in_the_picture_are_no_phrases(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("[a tram] at night on a rainy day")]
    [InlineData("[a pole] ten feet tall")]
    [InlineData("[a 6 year old girl]")]
    [InlineData("[a shirt] which is white in color")]
    [InlineData("[a man] dressed in black")]
    public void Times_measures_and_bare_colours_are_no_phrases(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("[a parked car] and [a car] parked outside")]
    [InlineData("[a sitting dog] and [a dog] sitting on [a rug]")]
    [InlineData("[a washing machine]")]
    [InlineData("[a man] washing [a car]")]
    [InlineData("[the lamp] is lit and [the lit lamp] shines")]
    [InlineData("[a tree lined avenue]")]
    public void Participles_before_the_noun_belong(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("[people]* park in [the park]")]
    [InlineData("[the boys]* play in [the play area]")]
    [InlineData("[a girl] rides [a pony]")]
    [InlineData("[a man] stands by [a fruit stand]")]
    [InlineData("[a light coat] under [the street light]")]
    [InlineData("Open [the door] near [the open window]")]
    public void Words_with_two_lives_follow_their_neighbours(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("[a cat] on [the 2nd floor]")]
    [InlineData("[a 3rd man] on [the 21st step]")]
    [InlineData("[the fourth step] and [the 11th board]")]
    [InlineData("[two men]* and [three bags]* on [the 2nd floor]")]
    public void Ordinals_count_places(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("[traffic_light]")]
    [InlineData("[a red_car] next to [a blue_bus]")]
    [InlineData("[melon] . [zucchini] . [japanese_fruit]")]
    [InlineData("[two stop_signs]* by [the parking_lot]")]
    public void Labels_are_one_word(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("[Mt. Everest] and [a dog]")]
    [InlineData("approx. [20 sheep]*, i.e. [a flock]")]
    [InlineData("[a dog] vs. [a cat], e.g. [a tabby]")]
    [InlineData("[cups]*, [plates]*, etc.")]
    public void Abbreviations_name_nothing_by_themselves(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("[a \"no parking\" sign] on [a wall]")]
    [InlineData("[the \u201cstop\u201d sign] and [a 'for sale' sign]")]
    public void What_is_quoted_before_a_noun_describes_it(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("In the background [trees]* can be seen.")]
    [InlineData("On [the beach] [people]* are playing [volleyball].")]
    [InlineData("In [the street] [cars]* are parked and [buses]* are moving.")]
    [InlineData("After [a battle] [casualties]* are usually heavy.")]
    [InlineData("Behind [the man] [dogs]* are running.")]
    [InlineData("In front of [the house] [children]* have gathered.")]
    [InlineData("On [the kitchen counters]* are [plates]*.")]
    [InlineData("[The traffic lights]* are green.")]
    public void A_place_in_front_is_not_its_subject(string marked) => PhraseAssert.Marks(marked);

    [Theory]
    [InlineData("[men]* [women]* and [children]*")]
    [InlineData("[three sheep]* and [a sheep]")]
    [InlineData("[scissors]*, [knives]*, [two mice]*")]
    [InlineData("[glass], [water] and [furniture]")]
    public void Plurals_are_known(string marked) => PhraseAssert.Marks(marked);
}
