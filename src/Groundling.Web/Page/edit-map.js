// Which segment each pixel belongs to, and masks to change that: brush, polygon, fill.

export class SegmentMap {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.ids = new Int32Array(width * height);
  }

  /** Runs as the service gives them: start, length, segment. Returns the first and the last row that they touch. */
  apply(runs) {
    let [top, bottom] = [this.height, -1];
    for (let i = 0; i < runs.length; i += 3) {
      this.ids.fill(runs[i + 2], runs[i], runs[i] + runs[i + 1]);
      top = Math.min(top, Math.floor(runs[i] / this.width));
      bottom = Math.max(bottom, Math.floor((runs[i] + runs[i + 1] - 1) / this.width));
    }
    return [top, bottom];
  }

  at(x, y) { return x < 0 || y < 0 || x >= this.width || y >= this.height ? 0 : this.ids[Math.floor(y) * this.width + Math.floor(x)]; }
}

/** A mask that grows under the hand; calls back with each new row of pixels. */
export class Stroke {
  #last = null; #drawn;

  constructor(width, height, drawn) {
    Object.assign(this, { width, height, mask: new Uint8Array(width * height), any: false });
    this.#drawn = drawn;
  }

  /** Goes on to a place in the picture, with a round brush. */
  to(x, y, radius) {
    const [fromX, fromY] = this.#last ?? [x, y], steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / Math.max(0.5, radius / 3)));
    for (let i = this.#last ? 1 : 0; i <= steps; i++) this.#dab(fromX + (x - fromX) * i / steps, fromY + (y - fromY) * i / steps, radius);
    this.#last = [x, y];
  }

  #dab(x, y, radius) {
    for (let row = Math.max(0, Math.floor(y - radius)); row <= Math.min(this.height - 1, y + radius); row++) {
      const half = Math.sqrt(Math.max(0, radius ** 2 - (row + 0.5 - y) ** 2));
      const [left, right] = [Math.max(0, Math.round(x - half)), Math.min(this.width, Math.round(x + half))];
      if (right > left) this.#row(row, left, right);
    }
    // However fine the brush, the pixel under it is taken.
    if (x >= 0 && y >= 0 && x < this.width && y < this.height) this.#row(Math.floor(y), Math.floor(x), Math.floor(x) + 1);
  }

  #row(row, left, right) {
    this.mask.fill(1, row * this.width + left, row * this.width + right);
    this.any = true;
    this.#drawn(left, row, right - left);
  }
}

/** What a polygon encloses. */
export function polygon(points, width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height }), context = canvas.getContext("2d", { willReadFrequently: true });
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.closePath();
  context.fill("evenodd");
  const { data } = context.getImageData(0, 0, width, height), mask = new Uint8Array(width * height);
  for (let i = 0; i < mask.length; i++) mask[i] = data[4 * i + 3] > 127 ? 1 : 0;
  return mask;
}

/** The pixels around a place that are of its segment, and, below a tolerance of 1, of its colour; those that touch one another. */
export function fill(map, pixels, x, y, tolerance) {
  const { width, height, ids } = map, mask = new Uint8Array(width * height), start = y * width + x, id = ids[start], most = tolerance * 255;
  const alike = place => {
    if (ids[place] !== id || mask[place]) return false;
    if (tolerance >= 1) return true;
    for (let c = 0; c < 3; c++) if (Math.abs(pixels[4 * place + c] - pixels[4 * start + c]) > most) return false;
    return true;
  };
  const waiting = [start];
  while (waiting.length) {
    const seed = waiting.pop();
    if (!alike(seed)) continue;
    const row = Math.floor(seed / width) * width;
    let left = seed, right = seed;
    while (left > row && alike(left - 1)) left--;
    while (right < row + width - 1 && alike(right + 1)) right++;
    mask.fill(1, left, right + 1);
    for (const by of [-width, width])
      for (let place = left + by, open = false; place <= right + by; place++) {
        const now = place >= 0 && place < ids.length && alike(place);
        if (now && !open) waiting.push(place);
        open = now;
      }
  }
  return mask;
}
