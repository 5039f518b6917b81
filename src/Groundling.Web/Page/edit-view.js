// The picture with its segments, near and far: layers of canvas that move together.

const nearest = 40;

const number = colour => {
  const [red, green, blue] = [1, 3, 5].map(at => parseInt(colour.slice(at, at + 2), 16));
  return red | green << 8 | blue << 16;
};

export class View {
  #frame; #world; #picture; #layer; #preview; #marks; #image; #words;
  #x = 0; #y = 0; #scale = 1; #fitted = true;

  constructor(frame) {
    this.#frame = frame;
    this.#world = frame.querySelector(".world");
    this.#marks = frame.querySelector(".marks");
    [this.#picture, this.#layer, this.#preview] = ["picture", "layer", "preview"].map(name => {
      const canvas = Object.assign(document.createElement("canvas"), { className: name });
      this.#world.append(canvas);
      return canvas;
    });
    new ResizeObserver(() => {
      const ratio = devicePixelRatio || 1;
      Object.assign(this.#marks, { width: frame.clientWidth * ratio, height: frame.clientHeight * ratio });
      if (this.#fitted) this.fit();
      else this.#place();
    }).observe(frame);
  }

  /** Called when what lies over the picture is to be drawn again. */
  moved = () => {};

  get scale() { return this.#scale; }

  set opacity(value) { this.#layer.style.opacity = value; }

  show(bitmap, width, height) {
    for (const canvas of [this.#picture, this.#layer, this.#preview]) Object.assign(canvas, { width, height });
    const context = this.#picture.getContext("2d", { willReadFrequently: true });
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0, width, height);
    this.#image = this.#layer.getContext("2d").createImageData(width, height);
    this.#words = new Uint32Array(this.#image.data.buffer);
    this.fit();
  }

  /** The picture's colours. */
  get pixels() { return this.#picture.getContext("2d").getImageData(0, 0, this.#picture.width, this.#picture.height).data; }

  /** Draws rows of the map again; the segments of a set stand out, or all alike where there is none. */
  draw(map, segments, lit, [top, bottom] = [0, map.height - 1]) {
    const { width, height, ids } = map, colours = new Map(segments.map(({ id, colour }) => [id, number(colour)]));
    [top, bottom] = [Math.max(0, top - 1), Math.min(height - 1, bottom + 1)];
    if (bottom < top) return;
    for (let y = top; y <= bottom; y++)
      for (let x = 0, at = y * width; x < width; x++, at++) {
        const id = ids[at], colour = colours.get(id) ?? (id ? 0x808080 : 0);
        if (!id) { this.#words[at] = 0; continue; }
        const edge = (x + 1 < width && ids[at + 1] !== id) || (y + 1 < height && ids[at + width] !== id) || (x > 0 && ids[at - 1] !== id) || (y > 0 && ids[at - width] !== id);
        const alpha = lit && !lit.has(id) ? (edge ? 120 : 34) : edge ? 255 : lit ? 200 : 150;
        this.#words[at] = (colour | alpha << 24) >>> 0;
      }
    this.#layer.getContext("2d").putImageData(this.#image, 0, 0, 0, top, width, bottom - top + 1);
  }

  /** A row of the stroke in hand. */
  dab(x, y, length, colour) {
    const context = this.#preview.getContext("2d");
    context.fillStyle = colour;
    context.fillRect(x, y, length, 1);
  }

  /** A whole mask over the picture, not taken yet. */
  propose(mask, colour) {
    const { width, height } = this.#preview, context = this.#preview.getContext("2d"), image = context.createImageData(width, height), words = new Uint32Array(image.data.buffer);
    const fill = (number(colour) | 190 << 24) >>> 0, edge = 0xffffffff;
    for (let at = 0; at < mask.length; at++) if (mask[at]) words[at] = mask[at + 1] && mask[at - 1] && mask[at + width] && mask[at - width] ? fill : edge;
    context.putImageData(image, 0, 0);
  }

  clear() { this.#preview.getContext("2d").clearRect(0, 0, this.#preview.width, this.#preview.height); }

  // ---- Near and far ----

  fit() {
    const { clientWidth: width, clientHeight: height } = this.#frame;
    if (!this.#picture.width || !width) return;
    this.#scale = Math.min((width - 16) / this.#picture.width, (height - 16) / this.#picture.height, nearest);
    this.#x = (width - this.#scale * this.#picture.width) / 2;
    this.#y = (height - this.#scale * this.#picture.height) / 2;
    this.#place();
    this.#fitted = true;
  }

  /** Zooms about a place of the frame; its middle if none is given. */
  zoom(by, x = this.#frame.clientWidth / 2, y = this.#frame.clientHeight / 2) {
    const scale = Math.min(Math.max(this.#scale * by, 0.02), nearest), share = scale / this.#scale;
    [this.#x, this.#y, this.#scale] = [x - (x - this.#x) * share, y - (y - this.#y) * share, scale];
    this.#place();
  }

  pan(x, y) {
    this.#x += x;
    this.#y += y;
    this.#place();
  }

  #place() {
    this.#fitted = false;
    // A corner of the picture stays in sight.
    const { clientWidth, clientHeight } = this.#frame, rest = 40;
    this.#x = Math.min(Math.max(this.#x, rest - this.#scale * this.#picture.width), clientWidth - rest);
    this.#y = Math.min(Math.max(this.#y, rest - this.#scale * this.#picture.height), clientHeight - rest);
    this.#world.style.transform = `translate(${this.#x}px, ${this.#y}px) scale(${this.#scale})`;
    this.#world.classList.toggle("near", this.#scale >= 2);
    this.moved();
  }

  /** A place on the screen, in pixels of the picture. */
  inPicture(clientX, clientY) {
    const box = this.#frame.getBoundingClientRect();
    return [(clientX - box.left - this.#x) / this.#scale, (clientY - box.top - this.#y) / this.#scale];
  }

  /** Draws over the picture, in the frame's own pixels: lines and points that stay fine however near. */
  mark({ points = [], hand = null, cursor = null, radius = 0 }) {
    const context = this.#marks.getContext("2d"), ratio = devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.#marks.width, this.#marks.height);
    const at = ([x, y]) => [this.#x + x * this.#scale, this.#y + y * this.#scale];
    const twice = draw => {
      for (const [width, colour] of [[3, "rgb(0 0 0 / 60%)"], [1.25, "#fff"]]) {
        Object.assign(context, { lineWidth: width, strokeStyle: colour });
        context.beginPath();
        draw();
        context.stroke();
      }
    };
    if (points.length) {
      twice(() => [...points, ...(hand ? [hand] : [])].map(at).forEach(([x, y]) => context.lineTo(x, y)));
      for (const [x, y] of points.map(at)) twice(() => context.arc(x, y, 4, 0, 2 * Math.PI));
    }
    if (hand && radius) twice(() => context.arc(...at(hand), Math.max(1, radius * this.#scale), 0, 2 * Math.PI));
    if (cursor) {
      const [x, y] = at(cursor);
      twice(() => {
        for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
          context.moveTo(x + 3 * dx, y + 3 * dy);
          context.lineTo(x + 12 * dx, y + 12 * dy);
        }
      });
    }
  }
}
