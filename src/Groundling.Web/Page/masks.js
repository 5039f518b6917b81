// Masks: COCO's compressed run lengths, and probability maps with a threshold.

/** COCO's text to a mask, row by row: 1 inside. Runs go down the columns, and begin outside. */
export function decode({ size: [height, width], counts }) {
  const mask = new Uint8Array(width * height);
  const runs = [];
  let place = 0, inside = 0;
  for (let at = 0; at < counts.length;) {
    let value = 0, shift = 0, digit;
    do {
      digit = counts.charCodeAt(at++) - 48;
      value |= (digit & 31) << shift;
      shift += 5;
    } while (digit & 32);
    if (digit & 16 && shift < 32) value |= -1 << shift;
    if (runs.length > 2) value += runs[runs.length - 2];
    runs.push(value);
    if (inside) for (let i = place; i < place + value; i++) mask[(i % height) * width + Math.floor(i / height)] = 1;
    place += value;
    inside ^= 1;
  }
  return mask;
}

/** A mask, row by row, to COCO's text. */
export function encode(mask, width, height) {
  const runs = [];
  let value = 0, length = 0;
  for (let x = 0; x < width; x++)
    for (let y = 0; y < height; y++) {
      const next = mask[y * width + x];
      if (next !== value) {
        runs.push(length);
        [value, length] = [next, 0];
      }
      length++;
    }
  runs.push(length);
  let counts = "";
  runs.forEach((run, i) => {
    let rest = i > 2 ? run - runs[i - 2] : run, more;
    do {
      const digit = rest & 31;
      rest >>= 5;
      more = digit & 16 ? rest !== -1 : rest !== 0;
      counts += String.fromCharCode(digit + (more ? 32 : 0) + 48);
    } while (more);
  });
  return { size: [height, width], counts };
}

/** Area and box of a mask, as the service gives them. */
export function extent(mask, width, height) {
  let [area, left, top, right, bottom] = [0, width, height, -1, -1];
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++)
      if (mask[at]) {
        area++;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = y;
      }
  return { area, box: area ? [left, top, right - left + 1, bottom - top + 1] : [0, 0, 0, 0] };
}

/** Probabilities over a picture, from 8 bits a value. */
export class ProbabilityMap {
  constructor({ size: [height, width], minimum, maximum, values }) {
    this.height = height;
    this.width = width;
    this.minimum = minimum;
    this.maximum = maximum;
    this.values = Uint8Array.from(atob(values), character => character.charCodeAt(0));
  }

  /** A probability on the scale of the values, 0 to 255; beyond it where no value can be. */
  level(probability) {
    return this.maximum > this.minimum ? (probability - this.minimum) / (this.maximum - this.minimum) * 255 : probability < this.maximum ? -1 : 256;
  }

  /** The mask at a picture's size, and the mean probability in it; between the values as the service goes, too. */
  above(threshold, width, height) {
    const mask = new Uint8Array(width * height), level = this.level(threshold);
    const columns = Array.from({ length: width }, (_, x) => this.#between(x, width, this.width));
    let sum = 0, count = 0;
    for (let y = 0; y < height; y++) {
      const [top, bottom, down] = this.#between(y, height, this.height);
      for (let x = 0; x < width; x++) {
        const [left, right, along] = columns[x];
        const upper = this.values[top * this.width + left] * (1 - along) + this.values[top * this.width + right] * along;
        const lower = this.values[bottom * this.width + left] * (1 - along) + this.values[bottom * this.width + right] * along;
        const value = upper * (1 - down) + lower * down;
        if (value > level) {
          mask[y * width + x] = 1;
          sum += value;
          count++;
        }
      }
    }
    return { mask, score: count ? this.minimum + sum / count / 255 * (this.maximum - this.minimum) : 0 };
  }

  #between(place, size, cells) {
    const at = Math.max(0, (place + 0.5) * cells / size - 0.5), first = Math.min(Math.floor(at), cells - 1);
    return [first, Math.min(first + 1, cells - 1), at - first];
  }
}
