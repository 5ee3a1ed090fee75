// The page: which images there are, what of them is shown, and where they come from.

import { element, percent } from './answer.js';
import { hasMemberships, viewOf, VIEWS } from './maps.js';
import { choices, describe, Refusal } from './service.js';
import { Slot } from './slot.js';

const find = (id) => document.getElementById(id);

const state = { layer: 0, view: 'strongest', strength: 0.6, pixels: false, groups: {} };
const slots = [];
let current = start();

const panels = () => slots.map((slot) => slot.panel).filter(Boolean);

/** Says something to those who do not see the page. */
function tell(text) {
  find('status').textContent = text;
}

function warn(error) {
  const text = error instanceof Refusal ? error.message : 'The page failed; reload it and try again.';
  if (!(error instanceof Refusal)) {
    console.error(error);
  }
  find('message').querySelector('p').textContent = error.requestId ? `${text} (request ${error.requestId})` : text;
  find('message').hidden = false;
}

function calm() {
  find('message').hidden = true;
}

function addSlot() {
  const slot = new Slot({ current: () => current, shown, remove, toggle, tell, warn, calm });
  slots.push(slot);
  find('slots').append(slot.root);
  return slot;
}

function remove(slot) {
  if (slots.length > 1) {
    slots.splice(slots.indexOf(slot), 1);
    slot.drop();
  } else {
    slot.clear();
  }
  calm();
  arrange();
  (panels().length > 0 ? find('compare') : document.querySelector('.choose')).focus();
}

function shown({ panel }, { file, answer: { predictions: [{ label, probability }] } }) {
  if (panels().length === 1) {
    begin(panel.explanation);
  }
  arrange();
  tell(`${file.name}: ${label}, ${percent(probability, 1)}`);
}

/** The first image decides on layers and groups; one after it is of the same model. */
function begin(explanation) {
  const { layers, groups } = explanation;
  const all = Array.from({ length: groups }, (_, group) => group);
  Object.entries(VIEWS).forEach(([view, { single }]) => {
    state.groups[view] = new Set(single ? [0] : all);
  });
  state.layer = layers.length - 1;
  find('layer').max = state.layer;
  const memberships = hasMemberships(explanation);
  document.querySelectorAll('[name=view]').forEach((radio) => {
    radio.disabled = !memberships && radio.value !== 'class';
    radio.checked = radio.value === (memberships ? state.view : 'class');
  });
  document.querySelector('[name=view][value=class] + span').textContent = viewOf(explanation, 'class').name;
  state.view = document.querySelector('[name=view]:checked').value;
}

function toggle(group) {
  const on = state.groups[state.view];
  if (VIEWS[state.view].single) {
    on.clear();
    on.add(group);
  } else if (!on.delete(group)) {
    on.add(group);
  }
  render();
}

/** Shows and hides what depends on how many images there are. */
function arrange() {
  const [first] = panels();
  document.body.classList.toggle('explained', Boolean(first));
  document.body.classList.toggle('compared', slots.length > 1);
  find('controls').hidden = !first;
  find('compare').hidden = slots.length > 1;
  if (first) {
    describeTerms(find('words'), first.explanation.meaning);
  }
  render();
}

function render() {
  const [first] = panels();
  if (!first) {
    return;
  }
  const scale = Math.max(...panels().map((panel) => panel.largest(state)));
  panels().forEach((panel) => panel.render(state, scale));
  const { layers } = first.explanation;
  find('layer').value = state.layer;
  find('layer').setAttribute('aria-valuetext', `Layer ${layers[state.layer].layer}`);
  find('layer-name').textContent = `${layers[state.layer].layer} / ${layers.at(-1).layer}`;
  find('view-meaning').textContent = viewOf(first.explanation, state.view).meaning;
}

function describeTerms(details, terms) {
  details.hidden = false;
  details.querySelector('dl').replaceChildren(...Object.entries(terms).flatMap(([term, meaning]) =>
    [element('dt', '', term), element('dd', '', meaning)]));
}

/** Makes a model the one that is asked; answers { choice, model }. */
async function select(choice) {
  const model = await describe(choice);
  const { name, version, accuracy, classes, card, input } = model;
  find('card').querySelector('summary').textContent = [
    `The model: ${name}, version ${version}`,
    `${classes.length} classes`,
    accuracy && `${percent(accuracy, 1)} of its test images right`,
  ].filter(Boolean).join(' · ');
  find('card').querySelector('.text').replaceChildren(...card.text.split(/\n{2,}/)
    .filter((block) => block.trim() && !block.startsWith('#'))
    .map((block) => element('p', '', block)));
  describeTerms(find('card'), card.facts);
  find('size').textContent = `As ${input.width} × ${input.height} pixels`;
  return { choice, model };
}

async function start() {
  const served = await choices();
  find('picker').hidden = served.length < 2;
  find('model').append(...served.map(({ name, version }) => new Option(`${name} ${version}`)));
  find('model').addEventListener('change', () => {
    current = select(served[find('model').selectedIndex]);
    current.catch(warn);
    slots.forEach((slot) => slot.again());
    arrange();
  });
  return select(served[0]);
}

/** Where an image goes that was dropped or pasted: where it fell, else to an empty place, else to the first. */
function slotFor(target) {
  return slots.find((slot) => slot.root.contains(target)) ?? slots.find((slot) => !slot.panel) ?? slots[0];
}

function takeFrom({ files: [file] }, target) {
  if (file) {
    slotFor(target).take(file);
  }
}

function listen() {
  const change = (id, event, apply) => find(id).addEventListener(event, ({ target }) => {
    apply(target);
    render();
  });
  change('layer', 'input', ({ valueAsNumber }) => { state.layer = valueAsNumber; });
  change('strength', 'input', ({ valueAsNumber }) => { state.strength = valueAsNumber / 100; });
  change('pixels', 'change', ({ checked }) => { state.pixels = checked; });
  change('views', 'change', ({ value }) => { state.view = value; });
  find('compare').addEventListener('click', () => {
    const slot = addSlot();
    arrange();
    slot.root.querySelector('.choose').focus();
  });
  find('message').querySelector('button').addEventListener('click', calm);
  addEventListener('resize', render);
  addEventListener('paste', ({ clipboardData, target }) => takeFrom(clipboardData, target));
  addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('dragging');
  });
  addEventListener('dragleave', ({ relatedTarget }) => {
    document.body.classList.toggle('dragging', relatedTarget !== null);
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dragging');
    takeFrom(event.dataTransfer, event.target);
  });
}

addSlot();
listen();
current.catch(warn);
