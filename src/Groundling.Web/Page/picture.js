// One picture: truth, what each report made of it, and how they differ, phrase by phrase.

import { decode } from "./masks.js";
import { Pane } from "./pane.js";
import { call } from "./service.js";
import { strips } from "./strip.js";

const element = id => document.getElementById(id);
const kept = 12;

const figure = value => value === null || value === undefined ? "–" : value.toFixed(2);
const percent = share => share < 0.001 ? "< 0.1 %" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** A mask with its pixels and their number. */
function open(segmentation) {
  if (!segmentation) return null;
  const values = decode(segmentation);
  let area = 0;
  for (const value of values) area += value;
  return { values, area, height: segmentation.size[0], width: segmentation.size[1] };
}

export class PictureRoom {
  #data; #say; #answers = new Map(); #picture = null; #narrative = 0; #pinned = null; #pointed = null; #rows = []; #panes = null; #looks = false; #seen = null; #wanted = null;

  /** @param data What the server shows. @param say Tells those who listen. */
  constructor(data, say) {
    this.#data = data;
    this.#say = say;
    element("legend").hidden = data.reports.length === 0;
    element("edit").hidden = !data.edit;
    element("look").addEventListener("click", () => this.attend());
    const panes = [["Truth", "truth"], ...data.reports.map(report => [report.name, "made"]), ["Picture", "plain"], ...data.reports.map(report => [`${report.name}: difference`, "off"])];
    this.#panes = panes.map(([title, kind]) => new Pane(title, kind));
    element("panes").style.setProperty("--columns", Math.max(2, data.reports.length + 1));
    element("panes").replaceChildren(...this.#panes.map(pane => pane.element));
    for (const pane of this.#panes) {
      pane.frame.addEventListener("pointermove", event => event.pointerType === "mouse" && this.#point(this.#under(event, pane)));
      pane.frame.addEventListener("pointerleave", () => this.#point(null));
      pane.frame.addEventListener("click", event => this.pin(this.#under(event, pane)));
    }
    element("phrases").addEventListener("focusin", event => event.target.matches(":focus-visible") && this.#point(Number(event.target.dataset.phrase)));
    element("phrases").addEventListener("focusout", () => this.#point(null));
  }

  get previous() { return this.#picture?.previous ?? null; }

  get next() { return this.#picture?.next ?? null; }

  get pinned() { return this.#pinned; }

  /** Shows a picture. @param query Which list it stands in. @returns The picture; null where another one was asked for meanwhile. */
  async show(id, query) {
    const wanted = this.#wanted = {}, picture = await this.#get(id, query);
    if (this.#wanted !== wanted) return null; // somebody has gone on meanwhile
    [this.#picture, this.#narrative, this.#pinned, this.#pointed] = [picture, 0, null, null];
    const asked = picture.narratives.findIndex(narrative => narrative.phrases.some(phrase => phrase.is_asked));
    if (asked > 0) this.#narrative = asked;
    const address = `/v1/pictures/${id}/file`;
    for (const pane of this.#panes) pane.show(address, `Picture ${id}`);
    element("title").replaceChildren(`Picture ${id}`, Object.assign(document.createElement("span"), { textContent: picture.file }));
    element("place").textContent = picture.place === null ? "not in the list" : `${(picture.place + 1).toLocaleString("en")} of ${picture.total.toLocaleString("en")}`;
    element("previous").disabled = picture.previous === null;
    element("next").disabled = picture.next === null;
    element("edit").href = `/edit/${id}`;
    this.#tell();
    for (const near of [picture.next, picture.previous]) if (near !== null) this.#ahead(near, query);
    return picture;
  }

  /** Forgets what was read, after the data changed. */
  forget() { this.#answers.clear(); }

  /** The next narrative of the picture, round and round. */
  turn() {
    if (this.#picture.narratives.length < 2) return;
    this.#narrative = (this.#narrative + 1) % this.#picture.narratives.length;
    [this.#pinned, this.#pointed] = [null, null];
    this.#tell();
  }

  /** The phrase before or after. */
  step(by) {
    const count = this.#phrases.length;
    if (count) this.pin(this.#pinned === null ? (by > 0 ? 0 : count - 1) : (this.#pinned + by + count) % count, true);
  }

  pin(index, stays = false) {
    this.#pinned = index === this.#pinned && !stays ? null : index;
    this.#rows.forEach((row, i) => row.setAttribute("aria-pressed", i === this.#pinned));
    this.#rows[this.#pinned]?.scrollIntoView({ block: "nearest" });
    this.#light();
    this.#look();
    const phrase = this.#phrases[this.#pinned];
    if (phrase) this.#say([phrase.text, phrase.category, ...phrase.predictions.map((made, i) => `${this.#data.reports[i].name} ${figure(made?.iou)}`)].join(", "));
  }

  /** The chosen phrase's attention. */
  attend() {
    if (!this.#data.model) return;
    if (this.#pinned === null) this.pin(0, true);
    this.#looks = true;
    this.#look();
    element("inside").scrollIntoView({ block: "nearest" });
  }

  get #told() { return this.#picture.narratives[this.#narrative]; }

  get #phrases() { return this.#told?.phrases ?? []; }

  async #get(id, query) {
    const address = `/v1/pictures/${encodeURIComponent(id)}${query && "?"}${query}`;
    if (!this.#answers.has(address)) {
      const answer = call(address);
      this.#answers.set(address, answer);
      answer.catch(() => this.#answers.delete(address));
      if (this.#answers.size > kept) this.#answers.delete(this.#answers.keys().next().value);
    }
    return this.#answers.get(address);
  }

  /** So that the neighbour is there when somebody turns to it. */
  #ahead(id, query) {
    this.#get(id, query).catch(() => {});
    new Image().src = `/v1/pictures/${id}/file`;
  }

  /** All that belongs to the narrative. */
  #tell() {
    const { narratives, fault } = this.#picture;
    element("tellers").hidden = narratives.length < 2;
    element("tellers").replaceChildren(...narratives.map((narrative, i) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet-button", textContent: `Narrative ${i + 1}` });
      button.setAttribute("aria-pressed", i === this.#narrative);
      button.addEventListener("click", () => { this.#narrative = i - 1 + narratives.length; this.turn(); });
      return button;
    }));
    element("fault").hidden = !fault;
    element("fault").textContent = fault ?? "";
    for (const phrase of this.#phrases) {
      phrase.true ??= open(phrase.truth);
      phrase.made ??= phrase.predictions.map(made => open(made?.mask ?? null));
    }
    this.#caption();
    this.#list();
    this.#light();
    this.#look();
  }

  #caption() {
    const { caption, phrases } = this.#told, parts = [];
    let at = 0;
    phrases.map((phrase, i) => [phrase, i]).sort(([a], [b]) => a.start - b.start).forEach(([phrase, i]) => {
      if (phrase.start < at) return;
      const mark = Object.assign(document.createElement("mark"), { textContent: phrase.text });
      mark.style.setProperty("--c", phrase.colour);
      mark.dataset.phrase = i;
      mark.addEventListener("pointerenter", () => this.#point(i));
      mark.addEventListener("pointerleave", () => this.#point(null));
      mark.addEventListener("click", () => this.pin(i));
      parts.push(caption.slice(at, phrase.start), mark);
      at = phrase.end;
    });
    element("caption").replaceChildren(...parts, caption.slice(at));
  }

  #list() {
    const { reports } = this.#data;
    element("phrases").style.setProperty("--reports", reports.length);
    element("heads").style.setProperty("--reports", reports.length);
    element("heads").hidden = reports.length < 2;
    element("heads").replaceChildren(document.createElement("span"), ...reports.map(({ name }) => Object.assign(document.createElement("span"), { textContent: name, title: name })));
    this.#rows = this.#phrases.map((phrase, i) => {
      const button = document.createElement("button"), text = Object.assign(document.createElement("span"), { className: "text", textContent: phrase.text });
      Object.assign(button, { type: "button", className: "phrase" });
      button.dataset.phrase = i;
      button.classList.toggle("aside", !phrase.is_asked);
      button.style.setProperty("--c", phrase.colour);
      button.setAttribute("aria-pressed", false);
      text.append(Object.assign(document.createElement("small"), { textContent: `${phrase.category}${phrase.is_plural ? `, ${phrase.segments} segments` : ""} · ${percent(phrase.share)}` }));
      button.append(text, ...phrase.predictions.map(made => Object.assign(document.createElement("span"), { className: "score", textContent: made?.missing ? "none" : figure(made?.iou), title: "Intersection over union" })));
      button.addEventListener("pointerenter", () => this.#point(i));
      button.addEventListener("pointerleave", () => this.#point(null));
      button.addEventListener("click", () => this.pin(i));
      return button;
    });
    element("phrases").replaceChildren(...this.#rows.map(row => {
      const item = document.createElement("li");
      item.append(row);
      return item;
    }));
  }

  #point(index) {
    if (index === this.#pointed) return;
    this.#pointed = index;
    this.#light();
  }

  #light() {
    const phrases = this.#phrases, index = this.#pointed ?? this.#pinned, chosen = phrases[index], count = this.#data.reports.length;
    const [truth, ...others] = this.#panes;
    const draw = (pane, mask, masks) => chosen ? pane.one(mask, chosen.colour) : pane.masks(masks, phrases.map(phrase => phrase.colour));
    draw(truth, chosen?.true, phrases.map(phrase => phrase.true));
    for (let i = 0; i < count; i++) {
      draw(others[i], chosen?.made[i], phrases.map(phrase => phrase.made[i]));
      others[count + 1 + i].difference((chosen ? [chosen] : phrases).map(phrase => [phrase.true, phrase.made[i]]));
    }
    others[count].clear();
    this.#rows.forEach((row, i) => row.classList.toggle("on", i === index));
    for (const mark of element("caption").querySelectorAll("mark")) mark.classList.toggle("on", Number(mark.dataset.phrase) === index);
  }

  #under(event, pane) {
    const place = pane.frame.getBoundingClientRect(), [x, y] = [(event.clientX - place.left) / place.width, (event.clientY - place.top) / place.height];
    let found = null;
    this.#phrases.forEach(({ true: mask }, i) => {
      if (!mask || found !== null && mask.area >= this.#phrases[found].true.area) return;
      const at = Math.min(mask.height - 1, Math.max(0, Math.floor(y * mask.height))) * mask.width + Math.min(mask.width - 1, Math.max(0, Math.floor(x * mask.width)));
      if (mask.values[at]) found = i;
    });
    return found;
  }

  #look() {
    const phrase = this.#phrases[this.#pinned];
    this.#seen?.abort();
    element("inside").hidden = !phrase || !this.#data.model;
    if (!phrase || !this.#data.model) return;
    element("inside-text").textContent = `Where “${phrase.text}” draws attention in ${this.#data.model}, block by block.`;
    element("strips").replaceChildren();
    element("look").hidden = this.#looks;
    if (this.#looks) this.#trace(phrase, this.#told.index, this.#pinned);
  }

  async #trace(phrase, narrative, index) {
    const asked = this.#seen = new AbortController(), plain = this.#panes[this.#data.reports.length + 1];
    element("strips").textContent = phrase.trace ? "" : "Looking …";
    try {
      while (!phrase.trace && !asked.signal.aborted)
        try {
          phrase.trace = await call(`/v1/pictures/${this.#picture.id}/attention`, { method: "POST", signal: asked.signal, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ narrative, phrase: index }) });
        } catch (fault) {
          if (fault.status !== 503 || !fault.retryAfter) throw fault;
          element("strips").textContent = "The model is being opened …";
          await new Promise(done => setTimeout(done, 500));
        }
      if (!asked.signal.aborted) element("strips").replaceChildren(...strips(phrase.trace, map => map ? plain.heat(map) : plain.clear()));
    } catch (fault) {
      if (fault.name !== "AbortError") element("strips").replaceChildren(Object.assign(document.createElement("p"), { className: "fault", textContent: fault.message, role: "alert" }));
    }
  }
}
