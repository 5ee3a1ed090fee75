// One explained image: its picture, and what is known of its patches and layers.

import { element, fillAnswer, percent } from './answer.js';
import { css, groupColour, inkOn, signedColour, valueColour } from './colours.js';
import { drawCurve, TERMS } from './curve.js';
import { hasMemberships, largest, mixed, strongest, values, viewOf, VIEWS } from './maps.js';
import { drawPatches, Picture } from './picture.js';

export class Panel {
  #subject;
  #page;
  #explanation;
  #strongest;
  #picture;
  #patch = null;
  #state;
  #scale = 1;

  /**
   * subject: { file, image, answer, text, choice, model, milliseconds }
   * page: { toggle(group), replace(), close(), tell(text), warn(error) }
   */
  constructor(subject, page) {
    this.root = document.getElementById('panel-template').content.cloneNode(true).firstElementChild;
    this.#subject = subject;
    this.#page = page;
    this.#explanation = subject.answer.explanation;
    this.#strongest = this.#explanation.layers.map((layer) => layer.membership && strongest(layer));
    this.root.classList.toggle('without-memberships', !hasMemberships(this.#explanation));
    this.#picture = new Picture(this.#find('.stage canvas'), subject.image, subject.model, this.#explanation.grid);
    fillAnswer(this.root, subject, page);
    this.#fillGroups();
    this.#fillLayers();
    this.#listen();
  }

  get explanation() {
    return this.#explanation;
  }

  /** Shows a layer in a view; scale is the value at the upper end of the palette. */
  render(state, scale) {
    this.#state = state;
    this.#scale = scale;
    this.#draw();
    this.#renderGroups();
    this.#renderThrough();
    this.#renderRates();
  }

  /** The largest value that the present view shows in any layer. */
  largest(state) {
    return VIEWS[state.view].of ? largest(this.#explanation, state.view, this.#shown(state)) : 1;
  }

  #find(selector) {
    return this.root.querySelector(selector);
  }

  #shown({ view, groups }) {
    return [...groups[view]];
  }

  #layer() {
    return this.#explanation.layers[this.#state.layer];
  }

  #fillGroups() {
    const { groups } = this.#explanation;
    const buttons = hasMemberships(this.#explanation)
      ? Array.from({ length: groups }, (_, group) => {
        const button = element('button');
        button.type = 'button';
        button.style.setProperty('--colour', css(groupColour(group)));
        button.append(document.createElement('canvas'), element('span', 'name', `Group ${group}`), element('small'));
        button.addEventListener('click', () => this.#page.toggle(group));
        return button;
      })
      : [];
    this.#find('.groups').replaceChildren(...buttons);
  }

  #fillLayers() {
    this.#find('.through ol').append(...this.#explanation.layers.map(({ layer }) => {
      const row = element('li');
      row.append(element('span', 'label', `Layer ${layer}`), element('span', 'stack'));
      return row;
    }));
    const { unit, epsilon_squared: squared } = this.#explanation;
    this.#find('.rates small').textContent = `${unit === 'nat' ? 'nats' : unit} per layer, ε² = ${squared}`;
  }

  #listen() {
    this.#find('.replace').addEventListener('click', () => this.#page.replace());
    this.#find('.close').addEventListener('click', () => this.#page.close());
    if (!hasMemberships(this.#explanation)) {
      return;
    }
    const stage = this.#find('.stage');
    stage.addEventListener('pointermove', (event) => this.#point(event));
    stage.addEventListener('pointerdown', (event) => this.#point(event));
    stage.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && this.#pick(null));
    stage.addEventListener('blur', () => this.#pick(null));
    stage.addEventListener('keydown', (event) => this.#move(event));
  }

  #point(event) {
    const { height, width } = this.#explanation.grid;
    const box = this.#find('.stage canvas').getBoundingClientRect();
    const place = (offset, size, count) => Math.min(Math.max(Math.floor(offset / size * count), 0), count - 1);
    this.#pick(place(event.clientY - box.top, box.height, height) * width
      + place(event.clientX - box.left, box.width, width));
  }

  #move(event) {
    const { height, width } = this.#explanation.grid;
    const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [];
    if (event.key === 'Escape') {
      this.#pick(null);
    } else if (down !== undefined) {
      event.preventDefault();
      const within = (value, count) => Math.min(Math.max(value, 0), count - 1);
      this.#pick(this.#patch === null
        ? Math.floor(height / 2) * width + Math.floor(width / 2)
        : within(Math.floor(this.#patch / width) + down, height) * width + within(this.#patch % width + right, width));
      this.#page.tell(this.#sayPatch());
    }
  }

  #pick(patch) {
    if (patch !== this.#patch) {
      this.#patch = patch;
      this.#draw();
      this.#renderThrough();
    }
  }

  #place() {
    const { width } = this.#explanation.grid;
    return `row ${Math.floor(this.#patch / width)}, column ${this.#patch % width}`;
  }

  #sayPatch() {
    const shares = this.#layer().membership.map((map, group) => `group ${group}: ${percent(map[this.#patch])}`);
    return `Patch in ${this.#place()}, layer ${this.#layer().layer}: ${shares.join(', ')}`;
  }

  #draw() {
    const { strength, pixels } = this.#state;
    this.#picture.draw({ ...this.#overlay(), strength, pixels, patch: this.#patch });
    this.#find('.stage').setAttribute('aria-label',
      `${this.#subject.file.name}, layer ${this.#layer().layer}. Arrow keys read the patches, Escape ends it.`);
  }

  #overlay() {
    const { view, layer: place } = this.#state;
    const layer = this.#layer();
    const groups = this.#shown(this.#state);
    if (VIEWS[view].of) {
      const numbers = values(this.#explanation, layer, view, groups);
      const colour = viewOf(this.#explanation, view).signed ? signedColour : valueColour;
      return { colour: (token) => [...colour(numbers[token] / this.#scale), 255], borders: null };
    }
    const winners = this.#strongest[place];
    return view === 'shares'
      ? { colour: (token) => mixed(layer, groups, groupColour, token), borders: null }
      : {
        colour: (token) => [...groupColour(winners[token]), groups.includes(winners[token]) ? 255 : 0],
        borders: (a, b) => winners[a] !== winners[b],
      };
  }

  #renderGroups() {
    const layer = this.#layer();
    const on = this.#shown(this.#state);
    this.root.querySelectorAll('.groups button').forEach((button, group) => {
      const map = layer.membership[group];
      button.setAttribute('aria-pressed', on.includes(group));
      button.querySelector('small').textContent = percent(layer.usage[group]);
      button.title = `Group ${group} takes ${percent(layer.usage[group])} of this image in layer ${layer.layer}`;
      drawPatches(button.querySelector('canvas'), this.#explanation.grid, (token) => [...valueColour(map[token]), 255]);
    });
    this.#renderScale(viewOf(this.#explanation, this.#state.view));
  }

  #renderScale({ of, signed }) {
    const end = this.#scale.toFixed(this.#scale < 0.1 ? 3 : 2);
    this.#find('.scale').hidden = !of;
    this.#find('.scale .of').textContent = of ?? '';
    this.#find('.scale span').textContent = signed ? `−${end}` : '0';
    this.#find('.scale .end').textContent = signed ? `+${end}` : end;
    const colour = (step) => (signed ? signedColour(step / 127.5 - 1) : valueColour(step / 255));
    drawPatches(this.#find('.scale canvas'), { width: 256, height: 1 }, (step) => [...colour(step), 255]);
  }

  /** Of the patch that is pointed at; without one, the mean over all patches. */
  #renderThrough() {
    if (!hasMemberships(this.#explanation)) {
      return;
    }
    const patch = this.#patch;
    this.#find('.of-what').textContent = patch === null ? 'Mean over all patches' : `Patch in ${this.#place()}`;
    this.root.querySelectorAll('.through li').forEach((row, place) => {
      const layer = this.#explanation.layers[place];
      const shares = patch === null ? layer.usage : layer.membership.map((map) => map[patch]);
      row.classList.toggle('chosen', place === this.#state.layer);
      row.querySelector('.stack').replaceChildren(...shares.map((share, group) => {
        const colour = groupColour(group);
        const part = element('i', '', share >= 0.14 ? percent(share) : '');
        part.title = `Group ${group}: ${percent(share, 1)}`;
        part.style.flexGrow = share;
        part.style.background = css(colour);
        part.style.color = inkOn(colour);
        return part;
      }));
    });
  }

  #renderRates() {
    const { layers } = this.#explanation;
    const quantiles = this.#subject.model.reference?.coding_rate?.quantiles;
    const [low, high] = [quantiles?.['0.05'], quantiles?.['0.95']];
    const reference = low && high && { low, high };
    drawCurve(this.#find('.curve'), layers, this.#state.layer, reference);
    const rows = TERMS.filter(({ key }) => this.#layer()[key] !== undefined).map(({ key, name, meaning }) => {
      const row = element('div', `line ${key}`);
      row.append(element('dt'), element('dd', 'meaning', meaning), element('dd', 'number', this.#layer()[key].toFixed(1)));
      row.firstChild.innerHTML = name;
      return row;
    });
    if (reference) {
      const row = element('div', 'band');
      const ends = [low, high].map((bound) => bound[this.#layer().layer].toFixed(1));
      row.append(element('dt', '', 'usual'), element('dd', 'meaning', 'last of these, in nine of ten known images'),
        element('dd', 'number', ends.join(' – ')));
      rows.push(row);
    }
    this.#find('.rates dl').replaceChildren(...rows);
  }
}
