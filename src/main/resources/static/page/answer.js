// What is written once when an image is explained: its prediction, its typicality, its downloads.

import { curl, explain } from './service.js';

export const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)}\u00a0%`;

export function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className ?? '';
  made.textContent = text ?? '';
  return made;
}

function save(blob, name) {
  const link = element('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Fills a panel's root; subject and page are those of the panel. */
export function fillAnswer(root, subject, page) {
  fillHead(root, subject);
  fillPredictions(root, subject.answer);
  fillTypicality(root, subject.answer);
  fillDownloads(root, subject, page);
}

function fillHead(root, { file, image, choice, milliseconds }) {
  root.setAttribute('aria-label', file.name);
  root.querySelector('h2').textContent = file.name;
  root.querySelector('.facts').textContent = [
    image ? `${image.width} × ${image.height}` : 'this browser cannot show it',
    choice.name,
    milliseconds && `computed in ${milliseconds} ms`,
  ].filter(Boolean).join(' · ');
  root.querySelector('.close').setAttribute('aria-label', `Remove ${file.name}`);
}

function fillPredictions(root, { predictions }) {
  root.querySelector('.predictions').append(...predictions.map(({ label, probability }) => {
    const [row, track, bar] = [element('li'), element('span', 'track'), element('i')];
    bar.style.width = `${100 * probability}%`;
    track.append(bar);
    row.append(element('span', 'label', label), track, element('span', 'number', percent(probability, 1)));
    return row;
  }));
}

function fillTypicality(root, { typicality }) {
  if (typeof typicality !== 'number') {
    return;
  }
  const section = root.querySelector('.typicality');
  section.hidden = false;
  section.querySelector('output').textContent = typicality.toFixed(2);
  section.querySelector('i').style.left = `${100 * typicality}%`;
  section.querySelector('.hint').textContent = typicality < 0.05
    ? 'Unlike the images that the model was trained on: do not rely on the prediction.'
    : `Of the images that it knows, ${percent(typicality)} are no more usual than this one.`;
}

function fillDownloads(root, { file, choice, text }, page) {
  const base = file.name.replace(/\.\w+$/, '');
  const fetched = async (format) => (await explain(choice, file, format)).blob();
  root.querySelectorAll('[data-format]').forEach((button) => button.addEventListener('click', async () => {
    const { format } = button.dataset;
    button.disabled = true;
    try {
      save(format === 'json' ? new Blob([text], { type: 'application/json' }) : await fetched(format), `${base}.${format}`);
      page.tell(`${base}.${format} is downloaded`);
    } catch (error) {
      page.warn(error);
    } finally {
      button.disabled = false;
    }
  }));
  const command = root.querySelector('code');
  command.textContent = curl(choice, file);
  root.querySelector('.copy').addEventListener('click', async () => {
    getSelection().selectAllChildren(command);
    try {
      await navigator.clipboard.writeText(command.textContent);
      page.tell('The command is copied');
    } catch {
      page.tell('The command is selected: copy it with the keyboard');
    }
  });
}
