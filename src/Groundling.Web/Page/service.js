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

export async function call(path, options = {}) {
  const key = sessionStorage.getItem(keyName);
  let response;
  try {
    response = await fetch(path, { ...options, headers: { ...options.headers, ...(key && { Authorization: `Bearer ${key}` }) } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Fault(0, "the service cannot be reached; is it still running?");
  }
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  throw new Fault(response.status, problem.detail ?? `the service answered ${response.status}`, problem.parameter, Number(response.headers.get("Retry-After")) || null);
}

const form = fields => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return body;
};

export const model = () => call("v1/model");
export const samples = () => call("v1/samples");
export const phrases = (caption, signal) =>
  call("v1/phrases", { method: "POST", signal, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ caption }) });
export const ground = (image, caption, method, signal) =>
  call("v1/ground", { method: "POST", signal, body: form({ image, caption, method, probabilities: "true" }) });
export const trace = (image, caption, phrase, signal) =>
  call("v1/trace", { method: "POST", signal, body: form({ image, caption, phrase }) });
