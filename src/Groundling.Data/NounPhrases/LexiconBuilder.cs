using static Groundling.Data.NounPhrases.WordClass;

namespace Groundling.Data.NounPhrases;

/// <summary>Reads the word lists and derives every inflected form.</summary>
internal sealed class LexiconBuilder
{
    private readonly Dictionary<string, Word> _words = [];
    private readonly Dictionary<string, string> _plurals = [];
    private readonly Dictionary<string, string> _singulars = [];
    private readonly Dictionary<string, string[]> _verbs = [];
    private readonly Dictionary<string, WordClass> _expressions = [];
    private readonly HashSet<string> _compounds = [];

    public Lexicon Build()
    {
        foreach (var (section, word) in WordList.Read("open-words"))
        {
            AddOpen(section, word.Replace('_', ' '));
        }

        foreach (var (section, word) in WordList.Read("closed-words"))
        {
            var classes = section.Split(' ').Aggregate(None, (all, name) => all | Enum.Parse<WordClass>(name, ignoreCase: true));
            if (word.Contains('_', StringComparison.Ordinal))
            {
                _expressions[word.Replace('_', ' ')] = classes;
            }
            else
            {
                Add(word, classes);
            }
        }

        foreach (var (section, word) in WordList.Read("traits"))
        {
            AddTrait(word, Enum.Parse<WordTraits>(section.Replace(" ", "", StringComparison.Ordinal), ignoreCase: true));
        }

        foreach (var (_, entry) in WordList.Read("compounds"))
        {
            var (first, seconds) = (entry.Split(':')[0], entry.Split(':')[1].Split(','));
            foreach (var second in seconds)
            {
                _compounds.Add($"{first} {second}");
                _compounds.Add($"{first} {PluralOf(second)}");
            }
        }

        return new Lexicon(_words, _expressions, _compounds, _singulars);
    }

    private void AddOpen(string section, string entry)
    {
        var forms = entry.Split(':');
        switch (section)
        {
            case "irregular nouns":
                _plurals[forms[0]] = forms[1];
                AddNoun(forms[0], WordTraits.None);
                break;
            case "irregular verbs":
                _verbs[forms[0]] = forms;
                AddVerb(forms[0], WordTraits.None);
                break;
            case "plural":
                Add(entry, Plural);
                _singulars.TryAdd(entry, entry);
                break;
            case "mass":
                Add(entry, Noun, WordTraits.Mass);
                break;
            default:
                var names = section.Split(' ');
                var lean = names is ["verb", "noun"] ? WordTraits.LeansVerb : WordTraits.None;
                foreach (var name in names)
                {
                    AddAs(name, entry, lean);
                }

                break;
        }
    }

    private void AddAs(string name, string word, WordTraits lean)
    {
        switch (name)
        {
            case "noun":
                AddNoun(word, lean);
                break;
            case "verb":
                AddVerb(word, lean);
                break;
            case "adjective":
                AddAdjective(word);
                break;
            case "adverb":
                Add(word, Adverb);
                break;
            default:
                throw new InvalidOperationException($"'{name}' (at '{word}') is no section of the word lists.");
        }
    }

    private void AddNoun(string word, WordTraits traits)
    {
        Add(word, Noun, traits);
        Add(PluralOf(word), Plural, traits);
        _singulars.TryAdd(PluralOf(word), word);
    }

    private void AddVerb(string word, WordTraits traits)
    {
        Add(word, Verb, traits);
        Add(Inflection.WithS(word), VerbS, traits);
        foreach (var form in Inflection.WithIng(word))
        {
            Add(form, Gerund);
        }

        if (_verbs.TryGetValue(word, out var forms))
        {
            Add(forms[1], Past);
            Add(forms[2], Participle);
            return;
        }

        foreach (var form in Inflection.WithEd(word))
        {
            Add(form, AnyPast);
        }
    }

    private void AddAdjective(string word)
    {
        Add(word, Adjective);
        foreach (var form in Inflection.Compared(word).Where(form => !_words.ContainsKey(form)))
        {
            Add(form, Adjective);
        }
    }

    private void AddTrait(string word, WordTraits trait)
    {
        Add(word, None, trait);
        if (trait == WordTraits.Transitive)
        {
            foreach (var form in Inflection.WithIng(word))
            {
                Add(form, None, trait);
            }
        }
        else if (trait is not (WordTraits.Place or WordTraits.Picture or WordTraits.Hue) && !_words[word].CanBe(Closed))
        {
            Add(PluralOf(word), Plural, trait);
        }
    }

    private string PluralOf(string noun) => _plurals.TryGetValue(noun, out var plural) ? plural : Inflection.WithS(noun);

    private void Add(string form, WordClass classes, WordTraits traits = WordTraits.None)
    {
        var known = _words.GetValueOrDefault(form);
        _words[form] = new Word(known.Classes | classes, known.Traits | traits);
    }
}
