// The caption as words: they are chosen to make phrases, and phrases have ends to drag.

/** Words and single signs of a text, cut also where a phrase begins or ends. */
function words(text, phrases) {
  const cuts = new Set(phrases.flatMap(({ start, end }) => [start, end])), found = [];
  const parts = Intl.Segmenter
    ? [...new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)].map(({ index, segment }) => [index, index + segment.length])
    : [...text.matchAll(/[\p{L}\p{N}\p{M}'’_-]+|\S/gu)].map(match => [match.index, match.index + match[0].length]);
  for (const [start, end] of parts) {
    if (!text.slice(start, end).trim()) continue;
    let from = start;
    for (let at = start + 1; at <= end; at++)
      if (at === end || cuts.has(at)) {
        found.push({ start: from, end: at });
        from = at;
      }
  }
  return found;
}

export class CaptionWords extends EventTarget {
  #place; #text = ""; #phrases = []; #active = null; #words = []; #focus = 0; #anchor = null; #hand = null;

  constructor(place) {
    super();
    this.#place = place;
    place.addEventListener("pointerdown", event => this.#press(event));
    place.addEventListener("pointermove", event => this.#hand && this.#reach(event));
    place.addEventListener("pointerup", event => this.#hand && this.#release(event));
    place.addEventListener("pointercancel", () => this.#drop());
    place.addEventListener("keydown", event => this.#key(event));
    place.addEventListener("focusin", event => { if (event.target.dataset.word) this.#focus = Number(event.target.dataset.word); });
  }

  /** @param colourOf What a phrase is underlined with; null where it stands for nothing yet. */
  show(text, phrases, active, colourOf) {
    const hadFocus = this.#place.contains(document.activeElement), before = this.#words[this.#focus]?.start;
    Object.assign(this, { colourOf });
    [this.#text, this.#phrases, this.#active] = [text, phrases, active];
    this.#words = words(text, phrases);
    this.#focus = Math.max(0, this.#words.findIndex(word => word.end > (before ?? 0)));
    const parts = document.createDocumentFragment();
    let at = 0, mark = null;
    this.#words.forEach((word, i) => {
      const phrase = phrases.find(({ start, end }) => start <= word.start && word.end <= end);
      if (mark && mark.phrase !== phrase) mark = this.#close(mark);
      const blank = text.slice(at, word.start);
      if (phrase && !mark) {
        parts.append(blank);
        mark = this.#open(phrase, parts);
      } else (mark?.element ?? parts).append(blank);
      const span = Object.assign(document.createElement("span"), { className: "word", textContent: text.slice(word.start, word.end), tabIndex: i === this.#focus ? 0 : -1 });
      Object.assign(span.dataset, { start: word.start, end: word.end, word: i });
      span.setAttribute("role", "button");
      if (phrase) span.setAttribute("aria-label", `${span.textContent}, in the phrase ${text.slice(phrase.start, phrase.end)}`);
      (mark?.element ?? parts).append(span);
      at = word.end;
    });
    if (mark) this.#close(mark);
    parts.append(text.slice(at));
    this.#place.replaceChildren(parts);
    if (hadFocus) this.#span(this.#focus)?.focus();
  }

  #open(phrase, parts) {
    const element = document.createElement("mark"), colour = this.colourOf(phrase), on = phrase.start === this.#active;
    element.dataset.phrase = phrase.start;
    element.classList.toggle("bare", !colour);
    element.classList.toggle("on", on);
    if (colour) element.style.setProperty("--c", colour);
    parts.append(element);
    return { element, phrase };
  }

  #close(mark) {
    if (mark.phrase.start !== this.#active) return null;
    mark.element.querySelector(".word").prepend(this.#handle("start"));
    [...mark.element.querySelectorAll(".word")].at(-1).append(this.#handle("end"));
    return null;
  }

  #handle(which) {
    const handle = document.createElement("i");
    handle.className = "handle";
    handle.dataset.handle = which;
    return handle;
  }

  #span(index) { return this.#place.querySelector(`[data-word="${index}"]`); }

  #phraseOf(word) { return this.#phrases.find(({ start, end }) => start <= word.start && word.end <= end); }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  // ---- The pointer ----

  #under(event) {
    const element = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-word]");
    if (element && this.#place.contains(element)) return Number(element.dataset.word);
    // Between words: the nearest one of the line.
    let best = null, least = 60;
    this.#words.forEach((_, i) => {
      for (const box of this.#span(i).getClientRects()) {
        const away = Math.max(box.left - event.clientX, 0, event.clientX - box.right) + 4 * Math.max(box.top - event.clientY, 0, event.clientY - box.bottom);
        if (away < least) [best, least] = [i, away];
      }
    });
    return best;
  }

  #press(event) {
    const handle = event.target.dataset.handle, word = this.#under(event);
    if (event.button || (word === null && !handle)) return;
    event.preventDefault();
    this.#place.setPointerCapture(event.pointerId);
    const phrase = this.#phrases.find(({ start }) => start === this.#active);
    const first = handle ? this.#words.findIndex(({ start }) => start === (phrase?.start ?? -1)) : word, last = handle ? this.#words.findIndex(({ end }) => end === phrase?.end) : word;
    this.#hand = { handle, phrase, fixed: handle === "start" ? last : first, now: handle === "end" ? last : first };
    this.#reach(event);
  }

  #reach(event) {
    const word = this.#under(event);
    if (word !== null) this.#hand.now = word;
    this.#light(Math.min(this.#hand.fixed, this.#hand.now), Math.max(this.#hand.fixed, this.#hand.now));
  }

  #release(event) {
    const { handle, phrase, fixed, now } = this.#hand, [first, last] = [Math.min(fixed, now), Math.max(fixed, now)];
    this.#drop();
    this.#focus = now;
    this.#range(first, last, handle ? phrase : null);
  }

  #drop() {
    this.#hand = null;
    this.#light(-1, -2);
  }

  #light(first, last) {
    this.#words.forEach((_, i) => this.#span(i)?.classList.toggle("chosen", i >= first && i <= last));
  }

  /** Words were chosen: the new extent of a phrase, a phrase that is there, or a new one. */
  #range(first, last, moved) {
    if (first < 0 || last < 0) return;
    const range = { start: this.#words[first].start, end: this.#words[last].end }, inside = this.#phraseOf(this.#words[first]);
    const other = this.#phrases.find(phrase => phrase !== moved && (moved || phrase !== inside) && phrase.start < range.end && range.start < phrase.end) ?? (!moved && inside && inside.end < range.end ? inside : null);
    if (other) return this.#tell("overlap", { ...range, other });
    if (moved) {
      if (moved.start !== range.start || moved.end !== range.end) this.#tell("move", { phrase: moved.start, ...range });
    } else if (inside && inside === this.#phraseOf(this.#words[last])) this.#tell("choose", inside.start);
    else this.#tell("make", range);
  }

  // ---- The keyboard ----

  #key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key], word = this.#words[this.#focus], phrase = word && this.#phraseOf(word);
    if (!word) return;
    if (event.altKey && step) {
      event.preventDefault();
      if (phrase) this.#stretch(phrase, step, event.shiftKey);
    } else if (step || event.key === "Home" || event.key === "End") {
      event.preventDefault();
      const next = step ? this.#focus + step : event.key === "Home" ? 0 : this.#words.length - 1;
      if (next < 0 || next >= this.#words.length) return;
      this.#anchor = event.shiftKey ? this.#anchor ?? this.#focus : null;
      this.#focus = next;
      for (const span of this.#place.querySelectorAll(".word")) span.tabIndex = Number(span.dataset.word) === next ? 0 : -1;
      this.#span(next).focus();
      if (this.#anchor === null) this.#light(-1, -2);
      else this.#light(Math.min(this.#anchor, next), Math.max(this.#anchor, next));
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      const from = this.#anchor ?? this.#focus, to = this.#focus;
      this.#anchor = null;
      this.#light(-1, -2);
      this.#range(Math.min(from, to), Math.max(from, to), null);
    } else if ((event.key === "Delete" || event.key === "Backspace") && phrase) {
      event.preventDefault();
      this.#tell("remove", phrase.start);
    }
  }

  #stretch(phrase, step, begins) {
    const first = this.#words.findIndex(({ start }) => start === phrase.start) + (begins ? step : 0), last = this.#words.findIndex(({ end }) => end === phrase.end) + (begins ? 0 : step);
    if (first < 0 || last >= this.#words.length || first > last) return;
    this.#focus = begins ? first : last;
    this.#range(first, last, phrase);
  }
}
