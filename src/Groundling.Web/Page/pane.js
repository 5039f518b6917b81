// A picture with one layer over it: masks, one mask, how two masks differ, or attention.

const hit = [46, 160, 120, 150], missed = [40, 105, 240, 200], extra = [245, 140, 20, 200], shade = [8, 10, 14, 158];

const rgb = colour => [1, 3, 5].map(at => parseInt(colour.slice(at, at + 2), 16));

export class Pane {
  #figure = document.createElement("figure"); #frame = document.createElement("div"); #image = new Image(); #layer = document.createElement("canvas"); #title = document.createElement("figcaption");

  constructor(title, kind) {
    this.#figure.className = `stage ${kind}`;
    this.#frame.className = "frame";
    this.#image.alt = "";
    this.#title.textContent = title;
    this.#frame.append(this.#image, this.#layer);
    this.#figure.append(this.#title, this.#frame);
    this.#image.addEventListener("load", () => this.#frame.style.setProperty("--ratio", this.#image.naturalWidth / this.#image.naturalHeight));
  }

  get element() { return this.#figure; }

  get frame() { return this.#frame; }

  show(address, description) {
    this.#image.src = address;
    this.#image.alt = description;
  }

  clear() { this.#layer.getContext("2d").clearRect(0, 0, this.#layer.width, this.#layer.height); }

  /** All masks in their colours, the small ones on top. */
  masks(masks, colours) {
    const size = masks.find(mask => mask);
    if (!size) return this.clear();
    const { width, height } = size, top = new Int16Array(width * height).fill(-1);
    const order = masks.map((_, i) => i).filter(i => masks[i]).sort((a, b) => masks[b].area - masks[a].area);
    for (const i of order) {
      const { values } = masks[i];
      for (let at = 0; at < values.length; at++) if (values[at]) top[at] = i;
    }
    const inks = colours.map(rgb);
    this.#paint(width, height, (data, at) => {
      const i = top[at];
      if (i < 0) return;
      const column = at % width, edge = column && top[at - 1] !== i || column < width - 1 && top[at + 1] !== i || at >= width && top[at - width] !== i || at + width < top.length && top[at + width] !== i;
      [data[4 * at], data[4 * at + 1], data[4 * at + 2]] = inks[i];
      data[4 * at + 3] = edge ? 255 : 122;
    });
  }

  /** One mask stays light, the rest dims. */
  one(mask, colour) {
    if (!mask) return this.clear();
    const { width, height, values } = mask, ink = rgb(colour);
    this.#paint(width, height, (data, at) => {
      if (!values[at]) return data.set(shade, 4 * at);
      const column = at % width, edge = column < 2 || column >= width - 2 || !values[at - 1] || !values[at - 2] || !values[at + 1] || !values[at + 2] || !values[at - width] || !values[at + width];
      if (edge) data.set([...ink, 255], 4 * at);
    });
  }

  /** What predictions hit, missed, and took too much of; of one phrase, or of any. */
  difference(pairs) {
    const size = pairs.map(([truth]) => truth).find(mask => mask);
    if (!size) return this.clear();
    const { width, height } = size, alone = pairs.length === 1;
    this.#paint(width, height, (data, at) => {
      let found = 0;
      for (const [truth, made] of pairs) {
        const inside = truth?.values[at], taken = made?.values[at];
        if (inside && taken) found |= 1;
        else if (inside) found |= 2;
        else if (taken) found |= 4;
      }
      const ink = found & 2 ? missed : found & 4 ? extra : found & 1 ? hit : alone ? shade : null;
      if (ink) data.set(ink, 4 * at);
    });
  }

  /** A map over the picture. */
  heat(map) {
    [this.#layer.width, this.#layer.height] = [map.width * 16, map.height * 16];
    const context = this.#layer.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(map, 0, 0, this.#layer.width, this.#layer.height);
  }

  #paint(width, height, pixel) {
    if (this.#layer.width !== width || this.#layer.height !== height) [this.#layer.width, this.#layer.height] = [width, height];
    const image = new ImageData(width, height);
    for (let at = 0; at < width * height; at++) pixel(image.data, at);
    this.#layer.getContext("2d").putImageData(image, 0, 0);
  }
}
