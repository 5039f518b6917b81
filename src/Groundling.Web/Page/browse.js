// The second room: the pictures of a benchmark, as a list and one by one. The address says what is shown.

import { Grid } from "./grid.js";
import { PictureRoom } from "./picture.js";
import { call } from "./service.js";

const element = id => document.getElementById(id);
const fields = ["words", "category", "group", "number", "size", "score", "report", "sort"];
const form = element("filters"), typed = 160;
const number = value => value.toLocaleString("en");
const many = (count, what) => `${number(count)} ${what}${count === 1 ? "" : "s"}`;

const grid = new Grid(element("tiles"));
let room = null, data = null, asked = null, known = null, listed = "/", scrolled = 0, timer = 0;

const say = text => { element("live").textContent = text; };

function complain(fault) {
  element("fault").hidden = !fault;
  element("fault").textContent = fault ? `${fault.message[0].toUpperCase()}${fault.message.slice(1)}.` : "";
}

/** What the filters say, as an address says it. */
function queryOf(values) {
  const query = new URLSearchParams();
  for (const name of fields) {
    const value = values.get(name)?.trim();
    if (value) query.set(name, value);
  }
  return query.toString().replaceAll("+", "%20");
}

/** Puts the filters where an address has them; a value that no choice has becomes one. */
function fill(search) {
  const query = new URLSearchParams(search);
  for (const name of fields) {
    const field = form.elements[name], value = query.get(name) ?? "";
    if (field instanceof HTMLSelectElement && value && ![...field.options].some(option => option.value === value)) field.add(new Option(value, value));
    if (field.value !== value) field.value = value;
    if (field instanceof HTMLSelectElement) field.classList.toggle("set", field.selectedIndex > 0);
  }
  if (form.elements.report.selectedIndex < 0) form.elements.report.selectedIndex = 0;
}

// ---- Where we are ----

async function route() {
  const at = location.pathname.match(/^\/picture\/([^/]+)$/), search = location.search.slice(1);
  complain(null);
  const seesList = !element("list").hidden;
  element("picture").hidden = !at;
  element("list").hidden = !!at;
  grid.isSeen = !at;
  if (!at) {
    listed = location.pathname + location.search;
    fill(search);
    document.title = `${data.name} · Groundling`;
    await list(queryOf(new URLSearchParams(search)));
    if (!seesList) {
      scrollTo(0, scrolled);
      grid.focus(grid.current);
    }
    return;
  }
  if (seesList) scrollTo(0, 0);
  document.title = `Picture ${decodeURIComponent(at[1])} · ${data.name} · Groundling`;
  listed = `/${location.search}`;
  element("back").href = listed;
  try {
    if (!await room.show(decodeURIComponent(at[1]), search)) return;
    if (seesList) element("title").focus({ preventScroll: true });
    say(`${element("title").textContent}, ${element("place").textContent}`);
  } catch (fault) {
    element("picture").hidden = true;
    complain(fault);
  }
}

function go(address) {
  if (!element("list").hidden) scrolled = scrollY;
  history.pushState(null, "", address);
  return route();
}

async function list(query) {
  if (query === asked) return;
  asked = query;
  await grid.ask(query);
}

function change() {
  for (const field of form.querySelectorAll("select")) field.classList.toggle("set", field.selectedIndex > 0);
  const query = queryOf(new FormData(form));
  history.replaceState(null, "", query ? `/?${query}` : "/");
  listed = location.pathname + location.search;
  scrollTo(0, 0);
  complain(null);
  list(query);
}

function count() {
  if (!data || !known) return;
  const { total, phrases } = known;
  const all = total === data.pictures ? many(total, "picture") : `${number(total)} of ${many(data.pictures, "picture")}`;
  element("count").textContent = `${all} · ${many(phrases, "phrase")}`;
  element("nothing").hidden = total > 0;
}

grid.addEventListener("known", ({ detail }) => {
  known = detail;
  count();
});
grid.addEventListener("fault", ({ detail }) => {
  asked = null;
  complain(detail);
});

// ---- Hands ----

form.addEventListener("submit", event => event.preventDefault());
form.addEventListener("change", change);
form.addEventListener("reset", () => setTimeout(change));
element("words").addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(change, typed);
});
element("more").addEventListener("click", () => {
  const opens = element("more").getAttribute("aria-expanded") === "false";
  element("more").setAttribute("aria-expanded", opens);
});

document.addEventListener("click", event => {
  const link = event.target.closest("a");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const path = new URL(link.href).pathname;
  if (link.origin !== location.origin || path !== "/" && !path.startsWith("/picture/")) return;
  event.preventDefault();
  go(link.id === "home" ? "/" : link.getAttribute("href"));
});
addEventListener("popstate", route);
const turn = id => id !== null && go(`/picture/${id}${location.search}`);
element("previous").addEventListener("click", () => turn(room.previous));
element("next").addEventListener("click", () => turn(room.next));
element("help").addEventListener("click", () => element("keys").showModal());

// ---- Keys ----

const atPicture = {
  ArrowLeft: () => turn(room.previous),
  ArrowRight: () => turn(room.next),
  ArrowUp: () => room.step(-1),
  ArrowDown: () => room.step(1),
  Escape: () => room.pinned === null ? go(listed) : room.pin(null),
  n: () => room.turn(),
  a: () => room.attend(),
  e: () => data.edit && element("edit").click(),
};
const atList = {
  "/": () => { element("words").focus(); element("words").select(); },
  c: () => form.reset(),
  s: () => {
    const { options, selectedIndex } = form.elements.sort, open = [...options].filter(option => !option.hidden);
    form.elements.sort.value = open[(open.indexOf(options[selectedIndex]) + 1) % open.length].value;
    change();
    say(form.elements.sort.selectedOptions[0].textContent);
  },
};

document.addEventListener("keydown", event => {
  if (!data || event.ctrlKey || event.metaKey || event.altKey || element("keys").open) return;
  const typing = event.target.matches("input, select, textarea");
  if (typing && event.key === "Escape") {
    event.preventDefault();
    grid.focus(grid.current);
  }
  if (typing) return;
  if (event.key === "?") {
    event.preventDefault();
    return element("keys").showModal();
  }
  const seesList = !element("list").hidden, act = (seesList ? atList : atPicture)[event.key];
  if (act) {
    event.preventDefault();
    return act();
  }
  const next = seesList ? grid.next(event.key) : null;
  if (next === null) return;
  event.preventDefault();
  grid.focus(document.activeElement.closest(".tile") || ["Home", "End"].includes(event.key) ? next : grid.current);
});

// ---- The begin ----

function meet() {
  element("data").textContent = `${data.name} · ${data.split}`;
  const fewer = option => option.hidden = option.disabled = Number(option.dataset.reports ?? 0) > data.reports.length;
  for (const field of form.querySelectorAll("[data-reports]")) fewer(field);
  form.elements.category.append(...data.categories.map(({ name, phrases }) => new Option(`${name} (${number(phrases)})`, name)));
  data.reports.forEach(({ name }, i) => form.elements.report.add(new Option(i ? `scores of ${name}` : `scores of ${name}`, i ? name : "")));
  if (data.notes.length) {
    element("data").title = data.notes.join("\n");
    element("data").append(Object.assign(document.createElement("small"), { className: "note", textContent: ` · ${data.notes[0]}` }));
  }
  room = new PictureRoom(data, say);
}

try {
  const waits = call("/v1/data");
  if (location.pathname === "/") list(queryOf(new URLSearchParams(location.search))); // beside the other question
  data = await waits;
  meet();
  count();
  await route();
} catch (fault) {
  complain(fault);
}
