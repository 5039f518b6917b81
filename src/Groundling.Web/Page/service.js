// The service, as the page sees it.

const keyName = "groundling-key";

/** What the service answered instead of a result. */
export class Fault extends Error {
  constructor(status, detail, parameter, retryAfter) {
    super(detail);
    Object.assign(this, { status, parameter, retryAfter });
  }
}

export const useKey = key => sessionStorage.setItem(keyName, key);

/** Where the service lies, whatever the page's own address. */
const root = new URL(".", import.meta.url);

export async function call(path, options = {}, read = response => response.json()) {
  const key = sessionStorage.getItem(keyName);
  let response;
  try {
    response = await fetch(new URL(path, root), { ...options, headers: { ...options.headers, ...(key && { Authorization: `Bearer ${key}` }) } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Fault(0, "the service cannot be reached; is it still running?");
  }
  if (response.ok) return read(response);
  const problem = await response.json().catch(() => ({}));
  throw new Fault(response.status, problem.detail ?? `the service answered ${response.status}`, problem.parameter, Number(response.headers.get("Retry-After")) || null);
}

const post = (path, body, signal) => call(path, { method: "POST", signal, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

const form = fields => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return body;
};

export const model = () => call("v1/model");
export const samples = () => call("v1/samples");
export const phrases = (caption, signal) =>
  post("v1/phrases", { caption }, signal);
export const ground = (image, caption, method, signal) =>
  call("v1/ground", { method: "POST", signal, body: form({ image, caption, method, probabilities: "true" }) });
export const exported = (image, name, document, format) =>
  call("v1/export", { method: "POST", body: form({ image, name, document: JSON.stringify(document), format }) }, response => response.blob());
export const trace = (image, caption, phrase, signal) =>
  call("v1/trace", { method: "POST", signal, body: form({ image, caption, phrase }) });

// The editor's.
const edited = id => `v1/edit/${encodeURIComponent(id)}`;
export const begin = id => call(edited(id));
export const edit = (id, request) => post(edited(id), request);
export const captioned = caption => post("v1/edit/phrases", { caption });
export const proposal = (id, phrase, narrative, signal) => post(`${edited(id)}/proposal`, { phrase, narrative }, signal);
export async function pictureOf(id) {
  const key = sessionStorage.getItem(keyName), answer = await fetch(new URL(`${edited(id)}/picture`, root), { headers: key ? { Authorization: `Bearer ${key}` } : {} });
  if (!answer.ok) throw new Fault(answer.status, (await answer.json().catch(() => ({}))).detail ?? "the picture cannot be read");
  return createImageBitmap(await answer.blob());
}
