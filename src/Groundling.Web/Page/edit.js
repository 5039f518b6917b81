// The editor: a picture's caption, phrases and segments, and what the hand does to them.

import { CaptionWords } from "./edit-caption.js";
import { fill, polygon, SegmentMap, Stroke } from "./edit-map.js";
import { Steps } from "./edit-steps.js";
import { View } from "./edit-view.js";
import { decode, encode } from "./masks.js";
import * as service from "./service.js";

const element = id => document.getElementById(id);
const id = decodeURIComponent(location.pathname.split("/").at(-1));
const stage = element("stage"), view = new View(stage), caption = new CaptionWords(element("caption"));
const state = { now: null, map: null, told: 0, phrase: null, segment: null, tool: "select", cursor: null, hand: null, points: [], stroke: null, proposed: null, categories: [] };
let steps = null;

const say = text => { element("live").textContent = text; };
const sentence = text => `${text[0].toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
const percent = share => share === 0 ? "0 %" : share < 0.001 ? "< 0.1 %" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

function complain(text) {
  element("fault").textContent = text ? sentence(text) : "";
  element("fault").hidden = !text;
}

function status(kind, text) {
  element("status").dataset.state = kind;
  element("status").textContent = text;
}

// ---- What is there ----

const narrative = () => state.now.narratives[state.told];
const phrase = () => narrative().phrases.find(({ start }) => start === state.phrase) ?? null;
const segment = () => state.now.segments.find(({ id: known }) => known === state.segment) ?? null;
const textOf = ({ start, end }) => narrative().caption.slice(start, end);
const colourOf = ({ segments }) => state.now.segments.find(({ id: known }) => known === segments[0])?.colour ?? null;

async function begin() {
  try {
    const [started, bitmap] = await Promise.all([service.begin(id), service.pictureOf(id)]);
    const { width, height } = started;
    if (bitmap.width * height !== bitmap.height * width) throw new Error(`the picture is ${bitmap.width} x ${bitmap.height}, its annotation ${width} x ${height}; get the files that belong together`);
    state.map = new SegmentMap(width, height);
    state.map.apply(started.state.changes);
    Object.assign(state, { now: started.state, categories: started.categories, proposes: started.proposes, width, height });
    document.title = `${started.name} · Groundling`;
    element("place").textContent = `${started.name} · ${started.place + 1} of ${started.count}`;
    for (const [link, other] of [["previous", started.previous], ["next", started.next]]) {
      element(link).hidden = !other;
      if (other) element(link).href = encodeURIComponent(other);
    }
    element("told-row").hidden = started.state.narratives.length < 2;
    element("told").replaceChildren(...started.state.narratives.map((_, i) => new Option(i + 1, i)));
    steps = new Steps(id, started.state.version);
    steps.addEventListener("kept", event => take(event.detail));
    steps.addEventListener("waiting", () => status("waiting", "Keeping …"));
    steps.addEventListener("idle", settled);
    steps.addEventListener("fault", event => status("fault", `${sentence(event.detail.message)} Trying again; ${steps.count} not kept yet`));
    steps.addEventListener("refused", event => { complain(event.detail.message); view.clear(); });
    steps.addEventListener("conflict", () => { element("conflict").hidden = false; status("fault", "Changed elsewhere"); });
    view.show(bitmap, width, height);
    element("main").dataset.state = "ready";
    settled();
    refresh();
    if (!narrative().caption) rewrite();
  } catch (fault) {
    complain(fault.message);
    element("main").dataset.state = "fault";
  }
}

function settled() {
  if (state.now.fault) status("fault", `Kept, but the data's files could not be written: ${state.now.fault}`);
  else status("kept", "Everything is kept");
}

/** What the service answered to a step. */
function take(answer) {
  const rows = state.map.apply(answer.changes);
  state.now = answer;
  for (const { category, thing } of answer.segments)
    if (!state.categories.some(({ name }) => name === category)) state.categories.push({ name: category, thing });
  if (!state.stroke && !state.proposed) view.clear();
  refresh(rows);
}

const act = make => {
  complain("");
  return steps.add(() => typeof make === "function" ? make() : make);
};

/** Everything that depends on what is there and what is chosen. */
function refresh(rows) {
  if (state.phrase !== null && !phrase()) state.phrase = null;
  if (state.segment !== null && !segment()) state.segment = null;
  const chosen = phrase(), one = segment();
  const lit = one ? new Set([one.id]) : chosen && chosen.segments.length ? new Set(chosen.segments) : null, key = lit ? [...lit].join() : "";
  // Where something else lights up, all rows change.
  view.draw(state.map, state.now.segments, lit, rows && key === state.lit ? rows : undefined);
  state.lit = key;
  caption.show(narrative().caption, narrative().phrases, state.phrase, colourOf);
  listPhrases();
  listSegments();
  element("undo").disabled = !state.now.can_undo;
  element("redo").disabled = !state.now.can_redo;
  element("propose").hidden = !state.proposes || !chosen || !!state.proposed;
  element("proposed").hidden = !state.proposed;
  showCategory();
  marks();
}

function list(place, entries) {
  const rows = element(place), focused = rows.contains(document.activeElement) ? [...rows.children].indexOf(document.activeElement.closest("li")) : -1;
  rows.replaceChildren(...entries.map(({ text, facts, colour, pressed, choose, remove, name }) => {
    const row = document.createElement("li"), button = document.createElement("button"), gone = document.createElement("button");
    row.className = "item";
    button.type = gone.type = "button";
    button.className = `phrase${colour ? "" : " bare"}${pressed ? " on" : ""}`;
    if (colour) button.style.setProperty("--c", colour);
    button.setAttribute("aria-pressed", pressed);
    button.append(Object.assign(document.createElement("span"), { className: "text", textContent: text }), Object.assign(document.createElement("span"), { className: "facts", textContent: facts }));
    button.addEventListener("click", choose);
    button.addEventListener("keydown", event => event.key === "Delete" && remove());
    gone.className = "remove";
    gone.textContent = "×";
    gone.setAttribute("aria-label", name);
    gone.title = name;
    gone.addEventListener("click", remove);
    row.append(button, gone);
    return row;
  }));
  if (focused >= 0) (rows.children[Math.min(focused, rows.children.length - 1)]?.firstChild ?? element("stage")).focus();
}

function listPhrases() {
  const all = narrative().phrases, areas = new Map(state.now.segments.map(one => [one.id, one.area]));
  element("phrase-count").textContent = all.length ? `${all.filter(({ segments }) => segments.length).length} of ${all.length} grounded` : "";
  list("phrases", all.map(one => ({
    text: textOf(one), colour: colourOf(one), pressed: one.start === state.phrase,
    facts: one.segments.length === 0 ? "nothing yet" : `${one.segments.length > 1 ? `${one.segments.length} segments, ` : ""}${percent(one.segments.reduce((sum, known) => sum + areas.get(known), 0) / state.map.ids.length)}`,
    choose: () => choosePhrase(one.start === state.phrase ? null : one.start),
    remove: () => removePhrase(one.start), name: `Remove the phrase ${textOf(one)}`,
  })));
}

function listSegments() {
  const all = state.now.segments;
  element("segment-count").textContent = all.length || "";
  list("segments", all.map(one => ({
    text: one.category, colour: one.colour, pressed: phrase() ? phrase().segments.includes(one.id) : one.id === state.segment,
    facts: one.area ? `${one.thing ? "" : "stuff, "}${one.crowd ? "crowd, " : ""}${percent(one.area / state.map.ids.length)}` : "empty",
    choose: () => chooseSegment(one.id),
    remove: () => act({ op: "remove_segment", segment: one.id }), name: `Remove the segment ${one.category}`,
  })));
  element("categories").replaceChildren(...state.categories.map(({ name }) => new Option(name)));
}

function choosePhrase(start) {
  if (state.proposed) leave();
  state.continued = null;
  state.phrase = start;
  state.segment = null;
  refresh();
  if (phrase()) say(`${textOf(phrase())}: ${phrase().segments.length ? `${phrase().segments.length} segments` : "stands for nothing yet"}. Choose segments to give them to it, or paint.`);
}

/** A segment is chosen; where a phrase is, it is given to it or taken from it. */
function chooseSegment(known) {
  if (!phrase()) {
    state.segment = state.segment === known ? null : known;
    return refresh();
  }
  return act(() => {
    const one = phrase();
    if (!one) return null;
    const segments = one.segments.includes(known) ? one.segments.filter(other => other !== known) : [...one.segments, known];
    return { op: "assign", phrase: one.start, segments, narrative: state.told };
  });
}

async function removePhrase(start) {
  const words = textOf(narrative().phrases.find(one => one.start === start));
  if (await act({ op: "remove_phrase", phrase: start, narrative: state.told })) say(`${words} is no phrase any more.`);
}

// ---- The caption ----

caption.addEventListener("make", async event => {
  if (!await act({ op: "add_phrase", ...event.detail, narrative: state.told })) return;
  choosePhrase(narrative().phrases.find(({ start, end }) => start <= event.detail.start && event.detail.start < end)?.start ?? null);
});
caption.addEventListener("move", async event => {
  if (await act({ op: "move_phrase", ...event.detail, narrative: state.told })) {
    state.phrase = event.detail.start;
    refresh();
  }
});
caption.addEventListener("overlap", event => complain(`“${textOf(event.detail)}” overlaps the phrase “${textOf(event.detail.other)}”; drag its ends, or remove it first`));
caption.addEventListener("choose", event => choosePhrase(event.detail === state.phrase ? null : event.detail));
caption.addEventListener("remove", event => removePhrase(event.detail));

function rewrite() {
  element("writing").hidden = false;
  element("caption").hidden = element("caption-hint").hidden = true;
  element("text").value = narrative().caption;
  element("find").checked = narrative().phrases.length === 0;
  element("text").focus();
}

function written() {
  element("writing").hidden = true;
  element("caption").hidden = element("caption-hint").hidden = false;
}

element("rewrite").addEventListener("click", () => element("writing").hidden ? rewrite() : written());
element("text").addEventListener("keydown", event => {
  if (event.key === "Escape" && narrative().caption) written();
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  element("writing").requestSubmit();
});
element("writing").addEventListener("submit", async event => {
  event.preventDefault();
  const text = element("text").value;
  let edit = { op: "set_caption", text, narrative: state.told };
  if (element("find").checked) {
    try {
      const found = await service.captioned(text);
      edit = { ...edit, text: found.caption, phrases: found.phrases.map(({ start, end }) => [start, end]) };
    } catch (fault) {
      return complain(fault.message);
    }
  }
  if (await act(edit)) written();
});
element("told").addEventListener("change", event => {
  state.told = Number(event.target.value);
  choosePhrase(null);
});

// ---- Categories ----

/** What a new segment is called: what is written, else what the phrase names. */
const nameOfNew = () => element("name").value.trim() || phrase()?.noun || "thing";
const kindOf = name => state.categories.find(other => other.name.toLowerCase() === name.toLowerCase())?.thing;

function showCategory() {
  const one = segment();
  element("name-label").textContent = one ? "This segment is" : "New segments are";
  element("crowd-row").hidden = !one;
  if (document.activeElement === element("name")) return;
  element("name").value = one ? one.category : state.newName ?? "";
  element("name").placeholder = phrase()?.noun ?? "thing";
  element("kind").value = (one ? one.thing : kindOf(nameOfNew()) ?? state.newThing ?? true) ? "thing" : "stuff";
  element("crowd").checked = one?.crowd ?? false;
}

function categorise() {
  const name = element("name").value.trim(), one = segment();
  if (!one) {
    state.newName = name;
    state.newThing = element("kind").value === "thing";
  } else if (name) act({ op: "set_category", segment: one.id, category: name, is_thing: kindOf(name) ?? element("kind").value === "thing", is_crowd: element("crowd").checked });
}

element("category").addEventListener("submit", event => event.preventDefault()); // what changed has told it
for (const field of ["name", "kind", "crowd"]) element(field).addEventListener("change", categorise);

// ---- Painting ----

/** What strokes share that were made before the first of them was kept: the segment that it begins. */
function beginning() {
  if (state.segment) return null;
  if (state.beginning?.phrase !== state.phrase) state.beginning = { phrase: state.phrase, segment: null };
  return state.beginning;
}

const isThere = segment => state.now.segments.some(({ id: known }) => known === segment);

/** Gives a mask to the chosen segment, or to a new one, which goes to the chosen phrase. */
function paint(mask, begin = beginning()) {
  const keeps = element("keep").checked, segmentation = encode(mask, state.width, state.height), chosen = state.segment, start = state.phrase, told = state.told;
  return act(() => {
    const from = keeps ? { from: 0 } : {}, target = chosen ?? continued(start) ?? (isThere(begin?.segment) ? begin.segment : null);
    if (target) return { op: "paint", segment: target, mask: segmentation, ...from };
    const next = begin.segment = state.now.next_segment, name = nameOfNew(), one = state.now.narratives[told].phrases.find(other => other.start === start);
    return { op: "batch", edits: [
      { op: "add_segment", category: name, is_thing: kindOf(name) ?? element("kind").value === "thing", id: next },
      { op: "paint", segment: next, mask: segmentation, ...from },
      ...(one ? [{ op: "assign", phrase: one.start, segments: [...one.segments, next], narrative: told }] : []),
    ] };
  });
}

/** The segment that the last stroke for a phrase began, while it is there. */
const continued = start => start !== null && state.continued?.phrase === start && isThere(state.continued.segment) ? state.continued.segment : null;

async function painted(mask) {
  const start = state.phrase, begin = beginning(), answer = await paint(mask, begin);
  if (!answer) return view.clear();
  const made = answer.segments.find(({ id: known }) => known === (state.segment ?? continued(start) ?? begin?.segment)) ?? answer.segments.at(-1);
  // Further strokes go on with the segment that this one began.
  if (start === null) state.segment = made.id;
  else state.continued = { phrase: start, segment: made.id };
  if (state.beginning === begin) state.beginning = null;
  refresh();
  if (made) say(`${made.category}: ${percent(made.area / state.map.ids.length)} of the picture.`);
}

const erase = mask => act({ op: "paint", segment: 0, mask: encode(mask, state.width, state.height), ...(state.segment ? { from: state.segment } : {}) });

const radius = () => Number(element("size").value) / 2;
const brushes = () => state.tool === "brush" || state.tool === "eraser";

function press([x, y]) {
  if (brushes()) {
    const colour = state.tool === "eraser" ? "rgb(255 255 255 / 75%)" : `${segment()?.colour ?? colourOf(phrase() ?? { segments: [] }) ?? "#2563c9"}c0`;
    state.stroke = new Stroke(state.width, state.height, (left, row, length) => view.dab(left, row, length, colour));
    state.stroke.to(x, y, radius());
  } else if (state.tool === "polygon") {
    const first = state.points[0];
    if (state.points.length > 2 && Math.hypot(x - first[0], y - first[1]) * view.scale < 10) return close();
    state.points.push([x, y]);
  } else if (x >= 0 && y >= 0 && x < state.width && y < state.height) {
    if (state.tool === "fill") painted(fill(state.map, view.pixels, Math.floor(x), Math.floor(y), Number(element("tolerance").value) / 100));
    else if (state.map.at(x, y)) chooseSegment(state.map.at(x, y));
    else if (!phrase()) chooseNothing();
  }
  marks();
}

function chooseNothing() {
  state.segment = null;
  refresh();
}

function lift() {
  const stroke = state.stroke;
  state.stroke = null;
  if (!stroke?.any) return;
  if (state.tool === "eraser") erase(stroke.mask);
  else painted(stroke.mask);
}

function close() {
  const points = state.points;
  state.points = [];
  marks();
  if (points.length > 2) painted(polygon(points, state.width, state.height));
}

function marks() {
  view.mark({ points: state.points, hand: state.hand, cursor: state.cursor, radius: brushes() ? radius() : 0 });
}
view.moved = marks;

// ---- The pointer: one draws, two fingers move ----

const pointers = new Map();
let moving = null, isSpaced = false;

stage.addEventListener("pointerdown", event => {
  if (element("main").dataset.state !== "ready") return;
  stage.setPointerCapture(event.pointerId);
  stage.focus({ preventScroll: true });
  pointers.set(event.pointerId, event);
  state.cursor = null;
  if (pointers.size === 2) {
    state.stroke = null; // the first finger's begin was no stroke
    view.clear();
    moving = "two";
  } else if (event.button === 1 || isSpaced) moving = "one";
  else if (event.button === 0 && !moving) {
    state.hand = view.inPicture(event.clientX, event.clientY);
    state.pressed = [event.clientX, event.clientY];
    // With a finger, dragging moves the picture where nothing is drawn; what is chosen is chosen when it is lifted.
    if (brushes() || event.pointerType === "mouse") press(state.hand);
  }
  stage.classList.toggle("moving", !!moving);
});

stage.addEventListener("pointermove", event => {
  const before = pointers.get(event.pointerId);
  if (before) pointers.set(event.pointerId, event);
  if (moving === "two" && before && pointers.size === 2) {
    const [a, b] = [...pointers.values()], other = a === event ? b : a, box = stage.getBoundingClientRect();
    const reach = one => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    view.pan((event.clientX - before.clientX) / 2, (event.clientY - before.clientY) / 2);
    if (reach(before) > 0) view.zoom(reach(event) / reach(before), (event.clientX + other.clientX) / 2 - box.left, (event.clientY + other.clientY) / 2 - box.top);
    return;
  }
  if (before && (moving === "one" || (event.pointerType !== "mouse" && !state.stroke && !brushes() && Math.hypot(event.clientX - state.pressed[0], event.clientY - state.pressed[1]) > 8))) {
    moving ??= "one";
    return view.pan(event.clientX - before.clientX, event.clientY - before.clientY);
  }
  state.hand = view.inPicture(event.clientX, event.clientY);
  if (state.stroke) for (const one of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) state.stroke.to(...view.inPicture(one.clientX, one.clientY), radius());
  marks();
});

function released(event) {
  if (!pointers.delete(event.pointerId)) return;
  if (state.stroke && event.type === "pointerup") lift();
  else if (!moving && event.type === "pointerup" && event.pointerType !== "mouse" && !brushes()) press(view.inPicture(event.clientX, event.clientY));
  state.stroke = null;
  if (!pointers.size) moving = null;
  stage.classList.toggle("moving", !!moving);
}
stage.addEventListener("pointerup", released);
stage.addEventListener("pointercancel", event => { released(event); view.clear(); });
stage.addEventListener("pointerleave", () => { state.hand = null; marks(); });
stage.addEventListener("dblclick", () => state.tool === "polygon" && close());
stage.addEventListener("wheel", event => {
  event.preventDefault();
  const box = stage.getBoundingClientRect();
  view.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.clientX - box.left, event.clientY - box.top);
}, { passive: false });

// ---- The keyboard ----

function useTool(name) {
  state.tool = stage.dataset.tool = name;
  state.points = [];
  for (const button of element("tools").children) button.setAttribute("aria-pressed", button.dataset.tool === name);
  element("tolerance-row").hidden = name !== "fill";
  element("size-row").hidden = name === "fill" || name === "polygon" || name === "select";
  marks();
}

const undo = () => state.now.can_undo && act(() => state.now.can_undo ? { op: "undo" } : null);
const redo = () => state.now.can_redo && act(() => state.now.can_redo ? { op: "redo" } : null);

stage.addEventListener("keydown", event => {
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (by && !event.altKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const far = event.shiftKey ? 10 : 1, [x, y] = state.cursor ?? [Math.floor(state.width / 2) + 0.5, Math.floor(state.height / 2) + 0.5];
    state.cursor = [Math.min(Math.max(x + far * by[0], 0.5), state.width - 0.5), Math.min(Math.max(y + far * by[1], 0.5), state.height - 0.5)];
    if (state.stroke) state.stroke.to(...state.cursor, radius());
    say(`${Math.floor(state.cursor[0])}, ${Math.floor(state.cursor[1])}`);
    marks();
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (state.tool === "polygon" && (event.ctrlKey || !state.cursor || same(state.points.at(-1), state.cursor))) close();
    else if (state.stroke) lift();
    else if (state.cursor) press(state.cursor);
  } else if (event.key === " ") {
    event.preventDefault();
    isSpaced = true;
  }
});
document.addEventListener("keyup", event => { if (event.key === " ") isSpaced = false; });
const same = (a, b) => a && b && a[0] === b[0] && a[1] === b[1];

document.addEventListener("keydown", event => {
  if (!state.now || event.defaultPrevented) return;
  const typing = event.target.matches("input:not([type=range], [type=checkbox]), textarea, select"), command = event.ctrlKey || event.metaKey;
  if (event.key === "Escape") {
    if (state.proposed) return leave();
    if (state.stroke || state.points.length) {
      state.stroke = null;
      state.points = [];
      view.clear();
      return marks();
    }
    if (!typing) choosePhrase(null);
  }
  if (typing) return;
  const key = event.key.toLowerCase(), tool = { v: "select", b: "brush", e: "eraser", p: "polygon", f: "fill" }[key];
  if (command && key === "z") event.shiftKey ? redo() : undo();
  else if (command && key === "y") redo();
  else if (command || event.altKey) return;
  else if (tool) useTool(tool);
  else if (key === "+" || key === "=") view.zoom(1.25);
  else if (key === "-") view.zoom(0.8);
  else if (key === "0") view.fit();
  else if (key === "[" || key === "]") resize(Number(element("size").value) * (key === "]" ? 1.25 : 0.8) + (key === "]" ? 1 : -1));
  else if (key === "n") newSegment();
  else if (key === "backspace" && state.points.length) { state.points.pop(); marks(); }
  else if (key === "delete" && segment() && document.activeElement === stage) act({ op: "remove_segment", segment: segment().id });
  else if (key === "pageup" && !element("previous").hidden) element("previous").click();
  else if (key === "pagedown" && !element("next").hidden) element("next").click();
  else return;
  event.preventDefault();
});

/** The next stroke begins a segment of its own. */
function newSegment() {
  state.segment = state.continued = state.beginning = null;
  refresh();
  say("The next stroke begins a new segment.");
}

function resize(value) {
  element("size").value = Math.round(value);
  element("size-value").textContent = element("size").value;
  marks();
}

element("tools").addEventListener("click", event => event.target.dataset.tool && useTool(event.target.dataset.tool));
element("new").addEventListener("click", newSegment);
element("undo").addEventListener("click", undo);
element("redo").addEventListener("click", redo);
element("in").addEventListener("click", () => view.zoom(1.25));
element("out").addEventListener("click", () => view.zoom(0.8));
element("fit").addEventListener("click", () => view.fit());
element("size").addEventListener("input", event => resize(event.target.value));
element("tolerance").addEventListener("input", event => { element("tolerance-value").textContent = event.target.value === "100" ? "any" : `${event.target.value} %`; });
element("opacity").addEventListener("input", event => { view.opacity = event.target.value; });
element("reload").addEventListener("click", () => location.reload());
addEventListener("beforeunload", event => { if (steps?.count) event.preventDefault(); });

// ---- The model's proposal ----

async function propose() {
  const one = phrase(), told = state.told;
  if (!one) return;
  complain("");
  element("propose").disabled = true;
  element("propose").textContent = "Looking …";
  try {
    let answer = null;
    while (!answer) {
      try {
        answer = await service.proposal(id, one.start, told);
      } catch (fault) {
        if (fault.status !== 503 || !fault.retryAfter) throw fault; // else the model is being loaded
        await new Promise(done => setTimeout(done, 1000));
      }
    }
    if (phrase()?.start !== one.start) return;
    if (!answer.area) return complain(`the model finds nothing for “${textOf(one)}”; paint it`);
    state.proposed = decode(answer.segmentation);
    view.propose(state.proposed, colourOf(one) ?? "#2563c9");
    say(`The model proposes ${percent(answer.area / state.map.ids.length)} of the picture for ${textOf(one)}. Take it or leave it.`);
    refresh();
    element("take").focus();
  } catch (fault) {
    complain(fault.message);
  } finally {
    element("propose").disabled = false;
    element("propose").textContent = "Propose a mask";
  }
}

function leave() {
  state.proposed = null;
  view.clear();
  refresh();
}

element("propose").addEventListener("click", propose);
element("take").addEventListener("click", () => {
  const mask = state.proposed;
  state.proposed = null;
  painted(mask);
});
element("leave").addEventListener("click", leave);

view.opacity = element("opacity").value;
useTool("select");
begin();
