// Pictures by the thousand: only the tiles near the window are there, and they are used again.

import { call } from "./service.js";

const gap = 12, narrowest = 168, words = 52, stretch = 200, ahead = 1;
const quick = 0.6;                                                             // of a window in a frame: faster, no picture is asked for
const settled = 90;                                                            // milliseconds

export class Grid extends EventTarget {
  /** How many pictures there are; null while that is not known. */
  total = null;
  #place; #query = ""; #rows = []; #asked = new Set(); #stop = new AbortController();
  #shown = new Map(); #free = []; #columns = 1; #width = 0; #height = 0; #current = 0; #top = 0; #frame = 0; #timer = 0; #last = 0;

  /** @param place The element that the tiles stand in. */
  constructor(place) {
    super();
    this.#place = place;
    addEventListener("scroll", () => this.#soon(), { passive: true });
    new ResizeObserver(() => this.#layout()).observe(place);
    place.addEventListener("focusin", event => {
      const tile = event.target.closest(".tile");
      if (tile) this.#current = tile.index;
    });
  }

  get current() { return this.#current; }

  /** The id at a place; undefined while it is not known. */
  idAt(index) { return this.#rows[index]?.id; }

  /** Asks for other pictures; resolves when the first are known. */
  async ask(query) {
    this.#stop.abort();
    this.#stop = new AbortController();
    [this.#query, this.#rows, this.#asked, this.#current] = [query, [], new Set(), 0];
    await this.#fetch(0);
  }

  /** Whether the tiles can be seen; out of sight nothing is done. */
  set isSeen(value) {
    this.#place.hidden = !value;
    if (value) this.#layout();
  }

  /** Puts the keyboard on a tile, and scrolls where it is out of sight. */
  focus(index) {
    if (!this.total) return;
    this.#current = Math.max(0, Math.min(this.total - 1, index));
    const row = Math.floor(this.#current / this.#columns), top = this.#place.offsetTop + row * (this.#height + gap);
    const bar = document.getElementById("filters").offsetHeight + gap;
    if (top < scrollY + bar) scrollTo(0, top - bar);
    else if (top + this.#height > scrollY + innerHeight) scrollTo(0, top + this.#height + gap - innerHeight);
    this.#render(true);
    this.#shown.get(this.#current)?.link.focus({ preventScroll: true });
  }

  /** Where a key leads to; null where it is none of the list's. */
  next(key) {
    const page = this.#columns * Math.max(1, Math.floor(innerHeight / (this.#height + gap)) - 1), at = this.#current;
    const place = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + this.#columns, ArrowUp: at - this.#columns, PageDown: at + page, PageUp: at - page, Home: 0, End: this.total - 1 }[key];
    return place ?? null;
  }

  async #fetch(from) {
    if (this.#asked.has(from)) return;
    this.#asked.add(from);
    const stop = this.#stop.signal;
    try {
      const answer = await call(`/v1/pictures?${this.#query}${this.#query && "&"}from=${from}&count=${stretch}`, { signal: stop });
      if (stop.aborted) return;
      answer.rows.forEach((row, i) => { this.#rows[from + i] = row; });
      if (this.total !== answer.total || from === 0) {
        this.total = answer.total;
        for (const index of this.#shown.keys()) this.#hide(index);
        this.#layout();
      } else this.#render(true);
      this.dispatchEvent(new CustomEvent("known", { detail: answer }));
    } catch (fault) {
      this.#asked.delete(from);
      if (fault.name !== "AbortError") this.dispatchEvent(new CustomEvent("fault", { detail: fault }));
    }
  }

  #layout() {
    const width = this.#place.clientWidth;
    if (!width || this.total === null) return;
    this.#columns = Math.max(2, Math.floor((width + gap) / (narrowest + gap)));
    this.#width = (width - gap * (this.#columns - 1)) / this.#columns;
    this.#height = Math.round(this.#width * 0.75) + words;
    this.#top = this.#place.getBoundingClientRect().top + scrollY;
    const rows = Math.ceil(this.total / this.#columns);
    this.#place.style.height = `${Math.max(0, rows * (this.#height + gap) - gap)}px`;
    for (const tile of this.#shown.values()) this.#put(tile);
    this.#render(true);
  }

  #soon() {
    if (this.#frame || this.#place.hidden) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      const calm = Math.abs(scrollY - this.#last) < quick * innerHeight;
      this.#last = scrollY;
      this.#render(calm);
      clearTimeout(this.#timer);
      if (!calm) this.#timer = setTimeout(() => this.#render(true), settled);
    });
  }

  #render(calm) {
    if (!this.#height || this.#place.hidden) return;
    const line = this.#height + gap, above = scrollY - this.#top;
    const first = Math.max(0, Math.floor((above - ahead * innerHeight) / line)) * this.#columns;
    const end = Math.min(this.total, Math.ceil((above + (1 + ahead) * innerHeight) / line) * this.#columns);
    for (const index of this.#shown.keys()) if (index < first || index >= end) this.#hide(index);
    // What is in the window comes before what may come into it.
    const within = Math.max(0, Math.floor(above / line)) * this.#columns, beyond = Math.ceil((above + innerHeight) / line) * this.#columns;
    for (let index = within; index < Math.min(end, beyond); index++) this.#show(index, calm);
    for (let index = Math.max(first, beyond); index < end; index++) this.#show(index, calm);
    for (let index = first; index < Math.min(within, end); index++) this.#show(index, calm);
    for (let from = Math.floor(first / stretch) * stretch; calm && from < end; from += stretch) this.#fetch(from);
  }

  #show(index, calm) {
    let tile = this.#shown.get(index);
    if (!tile) {
      tile = this.#free.pop() ?? this.#make();
      tile.index = index;
      this.#shown.set(index, tile);
      tile.setAttribute("aria-posinset", index + 1);
      tile.setAttribute("aria-setsize", this.total);
      this.#put(tile);
    }
    const tab = index === this.#current ? 0 : -1;
    if (tile.link.tabIndex !== tab) tile.link.tabIndex = tab;
    const row = this.#rows[index];
    if (row && tile.row !== row) this.#fill(tile, row);
    if (row && calm && !tile.asked) {
      tile.asked = true;
      tile.image.src = `/v1/pictures/${row.id}/thumbnail`;
    }
  }

  #hide(index) {
    const tile = this.#shown.get(index);
    this.#shown.delete(index);
    if (tile.contains(document.activeElement)) document.activeElement.blur();
    tile.image.removeAttribute("src");                                         // what has not come yet is not waited for
    tile.row = null;
    tile.asked = false;
    tile.style.transform = "translateY(-9999px)";
    this.#free.push(tile);
  }

  #make() {
    const tile = document.createElement("div"), link = document.createElement("a"), image = new Image();
    tile.className = "tile";
    tile.setAttribute("role", "listitem");
    image.decoding = "async";
    image.draggable = false;
    image.alt = "";
    const caption = document.createElement("span"), facts = document.createElement("span"), score = document.createElement("b"), gain = document.createElement("em"), id = document.createElement("small");
    caption.className = "words";
    facts.className = "facts";
    facts.append(score, gain, id);
    link.append(image, caption, facts);
    tile.append(link);
    Object.assign(tile, { link, image, caption, score, gain, number: id });
    this.#place.append(tile);
    return tile;
  }

  #fill(tile, row) {
    tile.row = row;
    tile.link.href = `/picture/${row.id}${this.#query && "?"}${this.#query}`;
    tile.caption.textContent = row.caption || "no caption";
    tile.score.textContent = row.score === null ? "" : row.score.toFixed(2);
    tile.score.style.setProperty("--share", row.score ?? 0);
    tile.score.hidden = row.score === null;
    tile.gain.textContent = row.difference === null ? "" : `${row.difference < 0 ? "−" : "+"}${Math.abs(row.difference).toFixed(2)}`;
    tile.gain.className = row.difference > 0 ? "won" : "lost";
    tile.number.textContent = row.id;
  }

  #put(tile) {
    const row = Math.floor(tile.index / this.#columns), column = tile.index % this.#columns;
    Object.assign(tile.style, { width: `${this.#width}px`, height: `${this.#height}px`, transform: `translate(${column * (this.#width + gap)}px, ${row * (this.#height + gap)}px)` });
  }
}
