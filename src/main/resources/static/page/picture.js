// The part of an image that a network sees, drawn under an overlay of its patches.

const SIDE = 800;

/** The centred box of source pixels that a network of this input and crop takes of an image. */
export function seenBox(image, input, cropFraction) {
  if (image.height === input.height && image.width === input.width) {
    return [0, 0, image.width, image.height];
  }
  const scale = Math.max(
    input.height / (cropFraction * image.height),
    input.width / (cropFraction * image.width));
  const width = input.width / scale;
  const height = input.height / scale;
  return [(image.width - width) / 2, (image.height - height) / 2, width, height];
}

function blank(width, height) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

function scaled(image, box, width, height) {
  const canvas = blank(width, height);
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, ...box, 0, 0, width, height);
  return canvas;
}

function grey(source) {
  const canvas = blank(source.width, source.height);
  const pixels = source.getContext('2d').getImageData(0, 0, source.width, source.height);
  const { data } = pixels;
  for (let i = 0; i < data.length; i += 4) {
    data[i] = data[i + 1] = data[i + 2] = 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
  }
  canvas.getContext('2d').putImageData(pixels, 0, 0);
  return canvas;
}

/** Patches as a picture of one pixel each: colour(token) is [red, green, blue, opacity in 0..255]. */
export function drawPatches(canvas, grid, colour) {
  canvas.width = grid.width;
  canvas.height = grid.height;
  const pixels = new ImageData(grid.width, grid.height);
  for (let token = 0; token < grid.width * grid.height; token++) {
    pixels.data.set(colour(token), 4 * token);
  }
  canvas.getContext('2d').putImageData(pixels, 0, 0);
}

/** A canvas that shows one image, as its network sees it. */
export class Picture {
  #canvas;
  #grid;
  #sources;
  #patches = blank(1, 1);

  /** The image may be absent: a browser need not read everything that the service reads. */
  constructor(canvas, image, model, grid) {
    const { input } = model;
    const longer = Math.max(input.height, input.width);
    canvas.width = Math.round(SIDE * input.width / longer);
    canvas.height = Math.round(SIDE * input.height / longer);
    this.#canvas = canvas;
    this.#grid = grid;
    this.#sources = image ? this.#looks(image, model) : null;
  }

  #looks(image, { input, config }) {
    const box = seenBox(image, input, config.preprocessing?.crop_fraction ?? 1);
    const looks = (width, height) => {
      const colour = scaled(image, box, width, height);
      return { colour, grey: grey(colour) };
    };
    return { fine: looks(this.#canvas.width, this.#canvas.height), pixels: looks(input.width, input.height) };
  }

  /**
   * Draws the image and what lies over it.
   * look: { colour(token), borders(a, b) or null, strength 0..1, pixels, patch or null }
   */
  draw({ colour, borders, strength, pixels, patch }) {
    const { width, height } = this.#canvas;
    const context = this.#canvas.getContext('2d');
    context.clearRect(0, 0, width, height);
    context.imageSmoothingEnabled = false;
    if (this.#sources) {
      const source = pixels ? this.#sources.pixels : this.#sources.fine;
      context.drawImage(strength > 0 ? source.grey : source.colour, 0, 0, width, height);
    }
    if (strength > 0) {
      drawPatches(this.#patches, this.#grid, colour);
      context.globalAlpha = strength;
      context.drawImage(this.#patches, 0, 0, width, height);
      context.globalAlpha = 1;
      if (borders) {
        this.#drawBorders(context, borders);
      }
    }
    if (patch !== null) {
      this.#drawFrame(context, patch);
    }
  }

  #drawBorders(context, differ) {
    const { width, height } = this.#grid;
    const [wide, high] = this.#patchSize();
    context.beginPath();
    for (let token = 0; token < width * height; token++) {
      const [x, y] = [token % width, Math.floor(token / width)];
      if (x + 1 < width && differ(token, token + 1)) {
        context.moveTo((x + 1) * wide, y * high);
        context.lineTo((x + 1) * wide, (y + 1) * high);
      }
      if (y + 1 < height && differ(token, token + width)) {
        context.moveTo(x * wide, (y + 1) * high);
        context.lineTo((x + 1) * wide, (y + 1) * high);
      }
    }
    context.lineWidth = 3;
    context.lineCap = 'round';
    context.strokeStyle = 'rgb(255 255 255 / 75%)';
    context.stroke();
  }

  #drawFrame(context, patch) {
    const [wide, high] = this.#patchSize();
    const x = patch % this.#grid.width * wide;
    const y = Math.floor(patch / this.#grid.width) * high;
    for (const [colour, lineWidth] of [['#000', 9], ['#fff', 4]]) {
      context.strokeStyle = colour;
      context.lineWidth = lineWidth;
      context.strokeRect(x + 3, y + 3, wide - 6, high - 6);
    }
  }

  #patchSize() {
    return [this.#canvas.width / this.#grid.width, this.#canvas.height / this.#grid.height];
  }
}
