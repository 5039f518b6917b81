// The caption's editor: a text area, and behind it the same text with its phrases lit.

import * as service from "./service.js";

const pause = 180;

/** A caption without its brackets, and where each of its characters stands in what was typed. */
export function unmarked(source) {
  let text = "";
  const places = [];
  for (let i = 0; i < source.length; i++) {
    if (source[i] === "\\" && "[]".includes(source[i + 1] ?? " ")) i++;
    else if ("[]".includes(source[i])) continue;
    text += source[i];
    places.push(i);
  }
  places.push(source.length);
  return { text, places };
}

export class CaptionEditor extends EventTarget {
  /** The phrases found in the text as it stands; null while that is not known. */
  phrases = null;
  #area; #lit; #palette = []; #timer; #asked; #active = null;

  constructor(area, lit) {
    super();
    this.#area = area;
    this.#lit = lit;
    area.addEventListener("input", () => this.#changed());
    area.addEventListener("keydown", event => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      area.form.requestSubmit();
    });
    // The marks lie behind the text area; the pointer looks through it.
    const point = event => this.dispatchEvent(new CustomEvent("point", { detail: this.#under(event) }));
    area.addEventListener("pointermove", point);
    area.addEventListener("pointerleave", () => this.dispatchEvent(new CustomEvent("point", { detail: null })));
    area.addEventListener("click", event => {
      const phrase = this.#under(event);
      if (phrase !== null) this.dispatchEvent(new CustomEvent("choose", { detail: phrase }));
    });
  }

  get text() { return this.#area.value; }

  set palette(colours) {
    this.#palette = colours;
    this.#paint();
  }

  /** Lights one phrase more than the others. */
  set active(phrase) {
    this.#active = phrase;
    for (const mark of this.#lit.querySelectorAll("mark")) mark.classList.toggle("on", Number(mark.dataset.phrase) === phrase);
  }

  /** Puts a caption with brackets into the editor; without them, where its phrases are found all the same. */
  async show(marked) {
    const { text } = unmarked(marked);
    const [given, found] = await Promise.all([service.phrases(marked), service.phrases(text)]).catch(() => []);
    const spans = answer => answer.phrases.map(phrase => `${phrase.start}-${phrase.end}`).join();
    this.#area.value = given && spans(given) === spans(found) ? text : marked;
    await this.#ask();
  }

  #changed() {
    this.phrases = null;
    this.dispatchEvent(new Event("edit"));
    this.#paint();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), pause);
  }

  async #ask() {
    this.#asked?.abort();
    const asked = this.#asked = new AbortController(), source = this.text;
    try {
      const answer = source.trim() ? await service.phrases(source, asked.signal) : { phrases: [] };
      if (asked.signal.aborted || source !== this.text) return;
      const places = answer.marked ? unmarked(source).places : null;
      this.phrases = answer.phrases.map(phrase => ({ ...phrase, from: places ? places[phrase.start] : phrase.start, to: places ? places[phrase.end - 1] + 1 : phrase.end }));
      this.#paint();
      this.dispatchEvent(new CustomEvent("phrases", { detail: null }));
    } catch (fault) {
      if (fault.name !== "AbortError" && source === this.text) this.dispatchEvent(new CustomEvent("phrases", { detail: fault }));
    }
  }

  #paint() {
    const text = this.text;
    this.#lit.replaceChildren(this.#marked(text, this.phrases ?? [], 0, text.length), "\u200b");
    this.active = this.#active;
  }

  /** Text with marks in it; phrases inside phrases become marks inside marks. */
  #marked(text, phrases, from, to) {
    const parts = document.createDocumentFragment();
    const inside = phrases.map((phrase, index) => ({ ...phrase, index: phrase.index ?? index })).filter(phrase => phrase.from >= from && phrase.to <= to);
    let at = from;
    for (const phrase of inside.filter(a => !inside.some(b => b !== a && b.from <= a.from && b.to >= a.to && (b.to - b.from > a.to - a.from || b.index < a.index))).sort((a, b) => a.from - b.from)) {
      if (phrase.from < at) continue;
      parts.append(text.slice(at, phrase.from));
      const mark = document.createElement("mark");
      mark.dataset.phrase = phrase.index;
      mark.style.setProperty("--c", this.#palette[phrase.index % this.#palette.length] ?? "currentColor");
      mark.append(this.#marked(text, inside.filter(other => other.index !== phrase.index), phrase.from, phrase.to));
      parts.append(mark);
      at = phrase.to;
    }
    parts.append(text.slice(at, to));
    return parts;
  }

  #under(event) {
    const mark = document.elementsFromPoint(event.clientX, event.clientY).find(element => element.tagName === "MARK");
    return mark ? Number(mark.dataset.phrase) : null;
  }
}
