// A place for one image: a chooser until it has one, then its panel.

import { Panel } from './panel.js';
import { explain, sample } from './service.js';

const clone = (id) => document.getElementById(id).content.cloneNode(true).firstElementChild;

export class Slot {
  root = document.createElement('div');
  panel = null;
  #page;
  #file = null;
  #running = null;

  /**
   * page: { current(): Promise of { choice, model }, shown(slot, subject), remove(slot), toggle(group), tell(text),
   *   warn(error), calm() }
   */
  constructor(page) {
    this.#page = page;
    this.root.className = 'slot';
    this.clear();
  }

  /** Back to the chooser. */
  clear() {
    this.#running?.abort();
    this.panel = null;
    this.#file = null;
    const chooser = clone('chooser-template');
    chooser.querySelector('.choose').addEventListener('click', () => this.#browse());
    chooser.querySelector('.photograph').addEventListener('click', () => this.#browse('environment'));
    chooser.querySelectorAll('[data-sample]').forEach((button) =>
      button.addEventListener('click', () => this.take(sample(button.dataset.sample))));
    chooser.querySelector('.close').addEventListener('click', () => this.#page.remove(this));
    this.root.replaceChildren(chooser);
  }

  #browse(capture) {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = 'image/*';
    input.hidden = true;
    if (capture) {
      input.setAttribute('capture', capture);
    }
    input.addEventListener('change', () => this.take(input.files[0]));
    this.root.querySelector('input[type=file]')?.remove();
    this.root.append(input);
    input.click();
  }

  /** Explains a file, or the promise of one, and shows it; what was shown stays if that fails. */
  async take(source) {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.root.setAttribute('aria-busy', 'true');
    this.#page.calm();
    try {
      const file = await source;
      this.#page.tell(`${file.name} is being explained`);
      const subject = await this.#ask(file, running.signal);
      if (!running.signal.aborted) {
        this.#show(subject);
      }
    } catch (error) {
      if (error.name !== 'AbortError') {
        this.#page.warn(error);
      }
    } finally {
      if (this.#running === running) {
        this.root.removeAttribute('aria-busy');
      }
    }
  }

  async #ask(file, signal) {
    const { choice, model } = await this.#page.current();
    const [response, image] = await Promise.all([
      explain(choice, file, 'json', signal),
      createImageBitmap(file).catch(() => null),
    ]);
    const text = await response.text();
    const compute = /compute;dur=([\d.]+)/.exec(response.headers.get('Server-Timing'))?.[1];
    return { choice, model, file, image, text, answer: JSON.parse(text), milliseconds: compute && Math.round(compute) };
  }

  #show(subject) {
    const { toggle, tell, warn } = this.#page;
    this.#file = subject.file;
    this.panel = new Panel(subject, {
      toggle,
      tell,
      warn,
      replace: () => this.#browse(),
      close: () => this.#page.remove(this),
    });
    this.root.replaceChildren(this.panel.root);
    this.#page.shown(this, subject);
  }

  /** The same image again, for another model. */
  async again() {
    const file = this.#file;
    this.clear();
    if (file) {
      await this.take(file);
    }
  }

  drop() {
    this.#running?.abort();
    this.root.remove();
  }
}
