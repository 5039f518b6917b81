// Steps on their way to the service: one after the other, each until it is kept.

import * as service from "./service.js";

const patience = 1000;

export class Steps extends EventTarget {
  #id; #version; #waiting = []; #isBusy = false; #isOver = false;

  constructor(id, version) {
    super();
    this.#id = id;
    this.#version = version;
  }

  /** Steps that the service has not kept yet. */
  get count() { return this.#waiting.length; }

  /** @param make Makes the edit when its turn comes, of what is there then; null for none. */
  add(make) {
    if (this.#isOver) return Promise.resolve(null);
    return new Promise(done => {
      this.#waiting.push({ make, done });
      this.#tell("waiting");
      this.#go();
    });
  }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  async #go() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#waiting.length && !this.#isOver) {
      const step = this.#waiting[0];
      const operation = step.operation ??= step.make();
      // The same key however often it is sent: an answer may be lost, the step is not done twice.
      step.key ??= Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => byte.toString(16).padStart(2, "0")).join("");
      if (!operation) {
        this.#next(null);
        continue;
      }
      try {
        const answer = await service.edit(this.#id, { version: this.#version, key: step.key, operation });
        this.#version = answer.version;
        this.#tell("kept", answer);
        this.#next(answer);
      } catch (fault) {
        if (fault.status === 409) {
          this.#isOver = true;
          for (const { done } of this.#waiting.splice(0)) done(null);
          this.#tell("conflict", fault);
        } else if (!fault.status || fault.status >= 500 || fault.status === 408 || fault.status === 429) {
          this.#tell("fault", fault);
          await new Promise(done => setTimeout(done, patience));
        } else {
          this.#tell("refused", fault);
          this.#next(null);
        }
      }
    }
    this.#isBusy = false;
    if (!this.#isOver) this.#tell("idle");
  }

  #next(answer) { this.#waiting.shift().done(answer); }
}
