// The page: what the reader does, and what is shown of it.

import { CaptionEditor } from "./caption.js";
import { answerAt, json, panoptic, save } from "./files.js";
import { decode, ProbabilityMap } from "./masks.js";
import * as service from "./service.js";
import { Stage } from "./stage.js";
import { methodNames, strips } from "./strip.js";

const element = id => document.getElementById(id);
const hint = "Noun phrases light up as you type. Enter grounds them.";

const state = { model: null, file: null, name: "", bitmap: null, answers: [], asked: "", threshold: 0.5, pointed: null, pinned: null, work: null, looks: false };
const editor = new CaptionEditor(element("caption"), element("lit"));
let stages = [];

const say = text => { element("live").textContent = text; };

function complain(id, text) {
  element(id).textContent = text ? `${text[0].toUpperCase()}${text.slice(1).replace(/\.$/, "")}.` : "";
  element(id).hidden = !text;
}

const percent = share => share === 0 ? "0 %" : share < 0.001 ? "< 0.1 %" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
const fraction = value => value < 0.1 ? value.toFixed(3) : value.toFixed(2);

// ---- The model ----

async function meet() {
  try {
    const model = await service.model();
    state.model = model;
    editor.palette = model.palette;
    element("format").replaceChildren(element("format").options[0], ...model.export_formats.filter(format => format !== "cut-outs").map(format => new Option(format)));
    element("key").hidden = true;
    complain("service-fault", "");
    element("model").textContent = model.state === "ready" ? `${model.name} · ${methodNames[model.methods[0]].toLowerCase()}` : model.state === "loading" ? "The model is being loaded …" : "The service is shutting down";
    element("model").dataset.state = model.state;
    if (model.state !== "ready") setTimeout(meet, 700);
  } catch (fault) {
    element("model").textContent = "";
    serviceFault(fault);
    if (!fault.status) setTimeout(meet, 3000);
  }
  enable();
}

function enable() {
  element("ground").disabled = !state.work && (state.model?.state !== "ready" || !state.bitmap || !editor.text.trim());
}

function serviceFault(fault) {
  if (fault.status === 401) {
    element("key").hidden = false;
    if (element("key-field").value) complain("service-fault", fault.message);
    element("key-field").focus();
  } else complain("service-fault", fault.message + (fault.retryAfter ? ` (about ${fault.retryAfter} s)` : ""));
}

element("key-save").addEventListener("click", () => {
  service.useKey(element("key-field").value.trim());
  meet();
});
element("key-field").addEventListener("keydown", event => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  element("key-save").click();
});

// ---- The picture ----

async function usePicture(file, name) {
  complain("picture-fault", "");
  if (!file.type.startsWith("image/")) return complain("picture-fault", `the file ${name} is not a picture; choose a PNG, JPEG, WebP, GIF or BMP file`);
  if (state.model && file.size > state.model.max_megabytes * 1024 * 1024)
    return complain("picture-fault", `the file ${name} has ${(file.size / 1048576).toFixed(1)} MiB; ${state.model.max_megabytes} are allowed: choose a smaller one`);
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return complain("picture-fault", `the file ${name} is damaged, or of a kind that this browser does not show; choose another picture`);
  }
  state.work?.abort();
  Object.assign(state, { file, name, bitmap });
  clearAnswers();
  element("main").dataset.state = "picture";
  element("welcome").hidden = true;
  element("stages").hidden = element("under").hidden = false;
  stages[0].show(bitmap);
  stages[0].description = `${name}, ${bitmap.width} by ${bitmap.height} pixels`;
  enable();
  say(`${name} is shown. Write its caption.`);
  return true;
}

function choose() { element("file").click(); }

for (const button of document.querySelectorAll("[data-choose]")) button.addEventListener("click", choose);
element("file").addEventListener("change", async event => {
  const [file] = event.target.files;
  event.target.value = "";
  if (file && await usePicture(file, file.name)) element("caption").focus();
});
document.addEventListener("paste", event => {
  const file = [...event.clipboardData.files].find(candidate => candidate.type.startsWith("image/"));
  if (!file) return;
  event.preventDefault();
  usePicture(file, file.name || "pasted.png");
});
let dragged = 0;
const drag = inside => document.body.classList.toggle("dragging", (dragged = inside) > 0);
document.addEventListener("dragenter", event => { event.preventDefault(); drag(dragged + 1); });
document.addEventListener("dragleave", () => drag(dragged - 1));
document.addEventListener("dragover", event => event.preventDefault());
document.addEventListener("drop", event => {
  event.preventDefault();
  drag(0);
  const [file] = event.dataTransfer.files;
  if (file) usePicture(file, file.name);
});

async function invite() {
  const found = await service.samples().catch(() => []);
  element("samples").hidden = found.length === 0;
  element("samples").querySelector("ul").replaceChildren(...found.slice(0, 3).map(sample => {
    const item = document.createElement("li"), button = document.createElement("button");
    button.type = "button";
    button.dataset.sample = sample.name;
    button.append(Object.assign(new Image(), { src: sample.picture, alt: "", width: 200, height: 200 }), Object.assign(document.createElement("span"), { textContent: sample.name }));
    button.addEventListener("click", async () => {
      const picture = await fetch(sample.picture).then(answer => answer.blob()).catch(() => null);
      if (!picture) return complain("picture-fault", "the sample cannot be fetched; is the service still running?");
      if (!await usePicture(picture, `${sample.name}.png`)) return;
      await editor.show(sample.caption);
      enable();
      if (!element("ground").disabled) ground();
    });
    item.append(button);
    return item;
  }));
}

// ---- Grounding ----

async function ground() {
  if (element("ground").disabled || !state.bitmap || !editor.text.trim()) return;
  state.work?.abort();
  const work = state.work = new AbortController(), begun = performance.now(), count = editor.phrases?.length;
  for (const id of ["caption-fault", "picture-fault", "service-fault"]) complain(id, "");
  const progress = () => { element("hint").textContent = `Grounding ${count ? `${count} phrase${count === 1 ? "" : "s"}` : ""} … ${Math.floor((performance.now() - begun) / 1000)} s. Escape stops.`; };
  const timer = setInterval(progress, 250);
  busy(true);
  progress();
  try {
    const caption = editor.text, methods = comparing() ? state.model.methods : state.model.methods.slice(0, 1), answers = [];
    for (const method of methods) answers.push(await service.ground(state.file, caption, method, work.signal));
    if (work.signal.aborted) return;
    for (const answer of answers) answer.probabilities = answer.probabilities.map(map => new ProbabilityMap(map));
    Object.assign(state, { answers, asked: caption, threshold: answers[0].threshold, pointed: null, pinned: null });
    element("threshold").value = Math.sqrt(state.threshold);
    present();
    say(`${summary()} in ${(answers[0].milliseconds / 1000).toFixed(1)} seconds.`);
  } catch (fault) {
    if (fault.name === "AbortError") say("Stopped.");
    else if (fault.parameter === "image") complain("picture-fault", fault.message);
    else if (["caption", "phrases"].includes(fault.parameter)) complain("caption-fault", fault.message);
    else serviceFault(fault);
  } finally {
    clearInterval(timer);
    if (state.work === work) {
      state.work = null;
      busy(false);
      element("hint").textContent = hint;
    }
  }
}

function busy(value) {
  for (const stage of stages) stage.busy = value;
  element("ground").textContent = value ? "Stop" : "Ground";
  element("ground").classList.toggle("stop", value);
  enable();
}

element("ask").addEventListener("submit", event => {
  event.preventDefault();
  ground();
});
element("ground").addEventListener("click", event => {
  if (!state.work) return;
  event.preventDefault();
  state.work.abort();
});

// ---- What was found ----

function clearAnswers() {
  Object.assign(state, { answers: [], pointed: null, pinned: null });
  element("found").hidden = element("downloads").hidden = element("inside").hidden = true;
  element("compare").hidden = (state.model?.methods?.length ?? 1) < 2;
  for (const stage of stages) stage.masks = [];
}

/** The phrases of an answer as they are at the threshold shown. */
function phrasesAt(answer) {
  const { width, height } = answer, served = state.threshold === answer.threshold;
  return answer.phrases.map((phrase, i) => {
    const map = answer.probabilities[i], colour = state.model.palette[i % state.model.palette.length];
    if (served) {
      phrase.mask ??= decode(phrase.segmentation);
      const mask = phrase.mask;
      return { ...phrase, colour, mask, field: { values: mask.map(inside => inside * 255), width, height, level: 127.5 },
        at: (x, y) => mask[Math.min(height - 1, Math.floor(y * height)) * width + Math.min(width - 1, Math.floor(x * width))] };
    }
    // Between the service's answers: the probabilities that it sent, at a size that follows the hand.
    const [columns, rows] = [Math.max(map.width, Math.round(width / 2)), Math.max(map.height, Math.round(height / 2))].map(size => Math.min(size, 512));
    const { mask, score } = map.above(state.threshold, columns, rows), area = mask.reduce((sum, inside) => sum + inside, 0);
    let [left, top, right] = [columns, rows, 0];
    mask.forEach((inside, place) => {
      if (!inside) return;
      left = Math.min(left, place % columns);
      right = Math.max(right, place % columns + 1);
      top = Math.min(top, Math.floor(place / columns));
    });
    return { ...phrase, colour, mask, score, area: area * width * height / columns / rows, box: [left * width / columns, top * height / rows, (right - left) * width / columns, 0],
      field: { values: map.values, width: map.width, height: map.height, level: map.level(state.threshold) },
      at: (x, y) => mask[Math.min(rows - 1, Math.floor(y * rows)) * columns + Math.min(columns - 1, Math.floor(x * columns))] };
  });
}

function present() {
  while (stages.length > Math.max(1, state.answers.length)) stages.pop().remove();
  while (stages.length < state.answers.length) {
    stages.push(newStage());
    stages.at(-1).show(state.bitmap);
  }
  element("stages").classList.toggle("pair", stages.length > 1);
  element("main").dataset.state = "answer";
  element("found").hidden = element("downloads").hidden = false;
  element("compare").hidden = state.model.methods.length < 2;
  const warnings = [...new Set(state.answers.flatMap(answer => answer.warnings))];
  element("warnings").hidden = warnings.length === 0;
  element("warnings").textContent = warnings.join(" · ");
  refresh();
  point(null);
  look();
}

/** Everything that depends on the threshold. */
function refresh() {
  state.shown = state.answers.map(phrasesAt);
  state.shown.forEach((phrases, i) => {
    stages[i].masks = phrases;
    stages[i].title = stages.length > 1 ? methodNames[state.answers[i].method] : "";
    stages[i].description = `${state.name}: ${phrases.filter(phrase => phrase.area > 0).map(phrase => `${phrase.text}, ${percent(share(phrase))} of the picture`).join("; ") || "no phrase found"}`;
    stages[i].opacity = element("opacity").value;
  });
  list();
  element("summary").textContent = summary(true);
  element("threshold-value").textContent = fraction(state.threshold);
  element("opacity-value").textContent = percent(Number(element("opacity").value));
  const likeliest = state.answers[0].probabilities.reduce((a, b) => b.maximum > a.maximum ? b : a), nothing = state.shown[0].every(phrase => phrase.area === 0);
  element("nothing").hidden = !nothing;
  if (!nothing) return;
  const lower = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: "Lower the threshold" });
  lower.addEventListener("click", () => setThreshold((likeliest.minimum + likeliest.maximum) / 2));
  element("nothing").replaceChildren(`Nothing is above ${fraction(state.threshold)}; the highest probability is ${fraction(likeliest.maximum)}. `, lower);
}

const share = phrase => phrase.area / (state.answers[0].width * state.answers[0].height);

function summary(short = false) {
  const found = state.shown[0].filter(phrase => phrase.area > 0).length, all = state.shown[0].length;
  return short ? `${found} of ${all}` : `${found} of ${all} phrases found`;
}

/** Intersection over union of two masks; nothing and nothing overlap wholly. */
function overlap(a, b) {
  let [both, any] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    both += a[i] & b[i];
    any += a[i] | b[i];
  }
  return any ? both / any : 1;
}

function list() {
  element("found").classList.toggle("compared", state.shown.length > 1);
  const rows = element("phrases"), focused = rows.contains(document.activeElement) ? [...rows.children].indexOf(document.activeElement.parentElement) : -1;
  rows.replaceChildren(...state.shown[0].map((phrase, i) => {
    const row = document.createElement("li"), button = document.createElement("button");
    button.type = "button";
    button.className = "phrase";
    button.style.setProperty("--c", phrase.colour);
    button.setAttribute("aria-pressed", state.pinned === i);
    button.tabIndex = i === (state.pinned ?? 0) ? 0 : -1;
    button.classList.toggle("none", phrase.area === 0);
    const other = state.shown[1]?.[i], absent = one => one.presence !== undefined && state.answers[0].phrases[i].area === 0; // at any threshold
    const found = one => one.area > 0 ? percent(share(one)) : absent(one) ? "not in the picture" : "not found";
    const text = Object.assign(document.createElement("span"), { className: "text", textContent: phrase.text });
    const facts = Object.assign(document.createElement("span"), { className: "facts", textContent: other ? `${found(phrase)} · ${found(other)}` : found(phrase) });
    const score = Object.assign(document.createElement("span"), { className: "score", textContent: other ? `IoU ${fraction(overlap(phrase.mask, other.mask))}` : phrase.area === 0 ? "" : fraction(phrase.score) });
    score.title = other ? "Overlap of the two masks: intersection over union" : "Mean probability inside the mask";
    facts.title = other ? `Share of the picture: ${state.answers.map(answer => methodNames[answer.method]).join(", ")}` : "Share of the picture";
    button.append(text, facts, score);
    button.addEventListener("pointerenter", () => point(i));
    button.addEventListener("pointerleave", () => point(null));
    button.addEventListener("focus", () => button.matches(":focus-visible") && point(i));
    button.addEventListener("blur", () => point(null));
    button.addEventListener("click", () => pin(state.pinned === i ? null : i));
    row.append(button);
    return row;
  }));
  if (focused >= 0) rows.children[focused]?.firstChild.focus();
  light();
}

element("phrases").addEventListener("keydown", event => {
  const buttons = [...element("phrases").querySelectorAll("button")], at = buttons.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  const target = buttons[(next + buttons.length) % buttons.length];
  buttons.forEach(button => { button.tabIndex = button === target ? 0 : -1; });
  target.focus();
});

function point(index) {
  state.pointed = index;
  light();
}

function pin(index) {
  state.pinned = index;
  element("phrases").querySelectorAll("button").forEach((button, i) => button.setAttribute("aria-pressed", i === index));
  light();
  look();
  if (index !== null) say(`${state.shown[0][index].text}: ${state.shown[0][index].area > 0 ? `${percent(share(state.shown[0][index]))} of the picture` : "not found"}`);
}

function light() {
  const index = state.answers.length ? state.pointed ?? state.pinned : null;
  for (const stage of stages) stage.shown = index;
  editor.active = state.asked === editor.text ? index : null;
  element("phrases").querySelectorAll("button").forEach((button, i) => button.classList.toggle("on", i === index));
}

function setThreshold(value) {
  state.threshold = value;
  element("threshold").value = Math.sqrt(value);
  refresh();
}

let waiting = 0;
element("threshold").addEventListener("input", event => {
  // Small probabilities are where the masks are: the slider moves as the square root.
  state.threshold = event.target.value ** 2;
  element("threshold-value").textContent = fraction(state.threshold);
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(refresh);
});
element("opacity").addEventListener("input", event => {
  for (const stage of stages) stage.opacity = event.target.value;
  element("opacity-value").textContent = percent(Number(event.target.value));
});

// ---- Side by side ----

const comparing = () => element("compare").getAttribute("aria-pressed") === "true";

element("compare").addEventListener("click", () => {
  element("compare").setAttribute("aria-pressed", !comparing());
  if (!comparing() && state.answers.length > 1) {
    state.answers.length = 1;
    present();
  } else if (comparing() && state.answers.length) ground();
});

// ---- Inside the network ----

let seen = null;

function look() {
  const phrase = state.pinned === null ? null : state.shown[0][state.pinned];
  element("inside").hidden = !phrase;
  seen?.abort();
  for (const stage of stages) stage.heat = null;
  if (!phrase) return;
  element("inside-text").textContent = `Where “${phrase.text}” draws attention, block by block.`;
  element("strips").replaceChildren();
  element("look").hidden = state.looks;
  if (state.looks) trace();
}

async function trace() {
  const asked = seen = new AbortController(), pinned = state.pinned, kept = state.answers[0].traces ??= [];
  element("strips").textContent = kept[pinned] ? "" : "Looking …";
  try {
    kept[pinned] ??= await service.trace(state.file, state.asked, pinned, asked.signal);
    if (asked.signal.aborted || state.pinned !== pinned) return;
    element("strips").replaceChildren(...strips(kept[pinned], map => stages.forEach(stage => { stage.heat = map; })));
  } catch (fault) {
    if (fault.name === "AbortError") return;
    element("strips").replaceChildren(Object.assign(document.createElement("p"), { className: "fault", textContent: fault.message, role: "alert" }));
  }
}

element("look").addEventListener("click", () => {
  state.looks = true;
  element("look").hidden = true;
  trace();
});

// ---- Downloads ----

element("downloads").addEventListener("click", async event => {
  const kind = event.target.dataset.download, name = state.name.replace(/\.[^.]*$/, "");
  if (!kind) return;
  if (kind === "cut-outs") return saveAs(kind);
  if (kind === "overlay") return save(`${name}-overlay.png`, await stages[0].figure());
  const answer = answerAt(state.answers[0], state.threshold);
  const phrases = answer.phrases.map(({ mask, ...phrase }) => phrase);
  const { traces, ...plain } = { ...answer, phrases };
  if (kind === "json") return save(`${name}-phrases.json`, json({ image: state.name, ...plain }));
  const { picture, described } = await panoptic(plain, phrases.map(phrase => decode(phrase.segmentation)), state.model.palette, state.name);
  save("panoptic.png", picture);
  save("panoptic.json", json(described));
});

/** The masks as they are at the threshold, in another tool's format. */
async function saveAs(format) {
  const name = state.name.replace(/\.[^.]*$/, ""), answer = answerAt(state.answers[0], state.threshold);
  const { traces, ...plain } = { ...answer, phrases: answer.phrases.map(({ mask, ...phrase }) => phrase) };
  complain("service-fault", "");
  try {
    save(`${name}-${format}.zip`, await service.exported(state.file, name, plain, format));
  } catch (fault) {
    serviceFault(fault);
  }
}

element("format").addEventListener("change", event => {
  if (event.target.value) saveAs(event.target.value);
  event.target.value = "";
});

// ---- The caption, the keyboard, the begin ----

editor.addEventListener("edit", () => {
  complain("caption-fault", "");
  enable();
  light();
});
editor.addEventListener("phrases", event => {
  const fault = event.detail;
  if (fault?.parameter === "caption") complain("caption-fault", fault.message);
  else if (fault?.status === 401) serviceFault(fault);
  else complain("caption-fault", "");
  enable();
});
editor.addEventListener("point", event => state.answers.length && state.asked === editor.text && point(event.detail));
editor.addEventListener("choose", event => state.answers.length && state.asked === editor.text && pin(event.detail));

document.addEventListener("keydown", event => {
  if (event.key !== "Escape") return;
  if (state.work) state.work.abort();
  else if (state.pinned !== null) pin(null);
});

function newStage() {
  const stage = new Stage(element("stages"));
  stage.addEventListener("point", event => state.answers.length && point(event.detail));
  stage.addEventListener("choose", event => state.answers.length && pin(event.detail === state.pinned ? null : event.detail));
  stage.opacity = element("opacity").value;
  return stage;
}

stages = [newStage()];
element("hint").textContent = hint;
invite();
meet();
