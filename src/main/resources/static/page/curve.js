// Coding rates over the layers, as an SVG with its numbers beside it.

const HEIGHT = 200;
const MARGIN = { top: 10, right: 12, bottom: 26, left: 40 };

export const TERMS = [
  { key: 'R', name: 'R', meaning: 'all tokens together' },
  { key: 'R_c', name: 'R<sub>c</sub>', meaning: 'each group apart' },
  { key: 'R_c_variational', name: 'R<sub>c</sub><sup>var</sup>', meaning: 'what the attention descends on' },
  { key: 'bound', name: 'bound', meaning: 'largest possible R' },
];

function node(name, attributes, text) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  element.textContent = text ?? '';
  return element;
}

/** A step of 1, 2 or 5 that divides the range in about four. */
function step(most) {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
}

/**
 * Draws the curve into a box.
 * layers: of an explanation; chosen: place of the marked one; reference: quantiles of R_c^var by layer, or undefined
 */
export function drawCurve(box, layers, chosen, reference) {
  const terms = TERMS.filter(({ key }) => layers.some((layer) => layer[key] !== undefined));
  const band = reference && layers.map(({ layer }) => [reference.low[layer], reference.high[layer]]);
  const most = 1.05 * Math.max(
    ...terms.flatMap(({ key }) => layers.map((layer) => layer[key] ?? 0)), ...(band ?? []).flat());
  const width = box.clientWidth;
  const inner = width - MARGIN.left - MARGIN.right;
  const x = (place) => MARGIN.left + inner * (layers.length > 1 ? place / (layers.length - 1) : 0.5);
  const y = (rate) => HEIGHT - MARGIN.bottom - (HEIGHT - MARGIN.top - MARGIN.bottom) * rate / most;
  const svg = node('svg', {
    viewBox: `0 0 ${width} ${HEIGHT}`,
    role: 'img',
    'aria-label': `Coding rates over ${layers.length} layers; the numbers of the chosen layer follow`,
  });
  const path = (points) => points.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(' ');

  for (let rate = 0; rate <= most; rate += step(most)) {
    svg.append(
      node('line', { class: 'grid', x1: MARGIN.left, x2: width - MARGIN.right, y1: y(rate), y2: y(rate) }),
      node('text', { x: MARGIN.left - 8, y: y(rate) + 4, 'text-anchor': 'end' }, String(Math.round(1e6 * rate) / 1e6)));
  }
  const every = Math.ceil(layers.length / 13);
  layers.forEach(({ layer }, place) => {
    if (place % every === 0) {
      svg.append(node('text', { x: x(place), y: HEIGHT - 8, 'text-anchor': 'middle' }, layer));
    }
  });
  if (band) {
    const points = [
      ...band.map(([, high], place) => [x(place), y(high)]),
      ...band.map(([low], place) => [x(place), y(low)]).reverse(),
    ];
    svg.append(node('polygon', { class: 'band', points: path(points) }));
  }
  svg.append(node('line', { class: 'chosen', x1: x(chosen), x2: x(chosen), y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }));
  terms.forEach(({ key }) => {
    const points = layers.map((layer, place) => [x(place), y(layer[key])]);
    svg.append(
      node('polyline', { class: `line ${key}`, points: path(points) }),
      node('circle', { class: `dot ${key}`, cx: points[chosen][0], cy: points[chosen][1], r: 4 }));
  });
  box.replaceChildren(svg);
}
