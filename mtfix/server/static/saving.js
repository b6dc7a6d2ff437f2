// @ts-check
import { ask, el, json, keep, kept, newKey, reason } from "./ask.js";

/**
 * Decisions on their way to the server. They stand in this browser until the server has said that it has them, so neither
 * a killed server nor a closed tab loses one; a key of its own makes sure that none counts twice.
 *
 * @typedef {{key: string, part: number, proposal: string, verdict: string, text: string}} Said
 */
export class Saving {
  /** @param {string} id @param {() => void} onConflict */
  constructor(id, onConflict) {
    this.id = id;
    this.shelf = "mtfix-unsaved-" + id;
    this.onConflict = onConflict;
    this.conflicted = false;
    /** @type {Promise<void>|null} */ this.running = null;
    this.since = Date.now();
    this.version = 0;
    /** @type {Said[]} */ this.unsaved = [];
    const found = kept(this.shelf);
    if (found?.said?.length) { this.version = found.version; this.unsaved = found.said; }
    window.addEventListener("pagehide", () => { if (this.unsaved.length) this.shelve(); });
  }

  shelve() { keep(this.shelf, this.unsaved.length ? { version: this.version, said: this.unsaved } : null); }

  /** @param {string} text */
  tell(text) { el("saved").textContent = text; }

  /** @param {number} part @param {string} proposal @param {string} verdict @param {string} text */
  add(part, proposal, verdict, text) {
    const said = { key: newKey(), part, proposal, verdict, text };
    this.unsaved.push(said);
    return said;
  }

  /** Start from a version that was loaded. @param {number} version @param {boolean} mine whether what is unsaved goes on top of it */
  begin(version, mine) {
    this.conflicted = false;
    this.version = version;
    if (!mine) this.unsaved = [];
    this.shelve();
  }

  /** Send what is unsaved; what is added meanwhile goes with it. */
  flush() {
    this.running ??= this.send().finally(() => { this.running = null; });
    return this.running;
  }

  async send() {
    while (!this.conflicted && this.unsaved.length) {
      this.tell("Saving ...");
      const batch = this.unsaved.slice(0, 1000), seconds = Math.min(120, (Date.now() - this.since) / 1000);
      const { status, body } = await ask(`/documents/${this.id}/decisions`, json("POST", { version: this.version, decisions: batch, seconds }));
      if (status === 200) {
        this.since = Date.now();
        this.version = body.version;
        this.unsaved = this.unsaved.slice(batch.length);
        this.shelve();
        if (!this.unsaved.length) this.tell("Saved");
      } else if (status === 409) {
        this.conflicted = true;
        this.tell("Not saved");
        this.onConflict();
      } else if (status === 404 || status === 422) {
        this.tell("Not saved: " + reason(body));
        this.unsaved = [];
        this.shelve();
      } else {
        this.tell("Not saved yet: the server does not answer. Your decisions are kept in this browser.");
        setTimeout(() => void this.flush(), 2000);
        return;
      }
    }
  }
}
