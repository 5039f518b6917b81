// A picture with its masks: layers of canvas, finer than the picture where it is small.

const longest = 1600;

const canvasOf = (width, height) => Object.assign(document.createElement("canvas"), { width, height });

const layer = (figure, name) => {
  const canvas = document.createElement("canvas");
  canvas.className = name;
  figure.append(canvas);
  return canvas;
};

export class Stage extends EventTarget {
  #figure; #frame; #picture; #masks; #lines; #spot; #heat; #tag; #caption;
  #bitmap = null; #phrases = []; #shown = null;

  /** @param place Where the stage is put. */
  constructor(place) {
    super();
    this.#figure = document.createElement("figure");
    this.#figure.className = "stage";
    this.#frame = document.createElement("div");
    this.#frame.className = "frame";
    this.#frame.setAttribute("role", "img");
    [this.#picture, this.#masks, this.#lines, this.#heat, this.#spot] = ["picture", "masks", "lines", "heat", "spot"].map(name => layer(this.#frame, name));
    this.#tag = document.createElement("div");
    this.#tag.className = "tag";
    this.#tag.hidden = true;
    this.#caption = document.createElement("figcaption");
    this.#frame.append(this.#tag);
    this.#figure.append(this.#frame, this.#caption);
    place.append(this.#figure);
    const tell = (name, event) => this.dispatchEvent(new CustomEvent(name, { detail: event && this.#under(event) }));
    this.#frame.addEventListener("pointermove", event => event.pointerType === "mouse" && tell("point", event));
    this.#frame.addEventListener("pointerleave", () => tell("point", null));
    this.#frame.addEventListener("click", event => tell("choose", event));
  }

  remove() { this.#figure.remove(); }

  set title(text) { this.#caption.textContent = text; }

  set description(text) { this.#frame.setAttribute("aria-label", text); }

  set busy(value) { this.#figure.classList.toggle("busy", value); }

  set opacity(value) { this.#frame.style.setProperty("--opacity", value); }

  /** @param bitmap The picture, upright. */
  show(bitmap) {
    this.#bitmap = bitmap;
    const share = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
    // Small pictures get finer masks than they have pixels, so that edges stay crisp on the screen.
    const grow = Math.max(1, Math.floor(longest / 1.25 / Math.max(bitmap.width, bitmap.height)));
    const width = Math.round(bitmap.width * share * grow), height = Math.round(bitmap.height * share * grow);
    for (const canvas of [this.#picture, this.#masks, this.#lines, this.#heat, this.#spot]) Object.assign(canvas, { width, height });
    this.#frame.style.setProperty("--ratio", bitmap.width / bitmap.height);
    const context = this.#picture.getContext("2d");
    context.fillStyle = "#fff";                                                // where a picture is transparent, as the service sees it
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, width, height);
    this.masks = [];
  }

  /** The phrases' masks: [{ text, colour, field: { values, width, height, level }, area, at(x, y) }]. */
  set masks(phrases) {
    this.#phrases = phrases.map(phrase => ({ ...phrase, inked: null }));
    const { width, height } = this.#masks, fills = this.#masks.getContext("2d"), lines = this.#lines.getContext("2d");
    for (const context of [fills, lines]) context.clearRect(0, 0, width, height);
    // The largest first, so that small things lie on top.
    for (const phrase of [...this.#phrases].sort((a, b) => b.area - a.area).filter(phrase => phrase.area > 0)) {
      for (const context of [fills, lines]) {
        context.globalCompositeOperation = "destination-out";                  // what lies below is hidden, not mixed in
        context.drawImage(this.#ink(phrase), 0, 0);
        context.globalCompositeOperation = "source-over";
      }
      fills.drawImage(this.#ink(phrase), 0, 0);
      this.#outline(lines, phrase, Math.max(1.5, width / 560));
    }
    const shown = this.#shown;
    this.#shown = undefined;
    this.shown = shown;
  }

  /** One phrase lights up and the rest dims; null shows all alike. */
  set shown(index) {
    if (index === this.#shown) return;
    this.#shown = index;
    const phrase = this.#phrases[index], { width, height } = this.#spot, context = this.#spot.getContext("2d");
    this.#frame.classList.toggle("lit", !!phrase);
    this.#tag.hidden = !phrase;
    if (!phrase) return;
    context.clearRect(0, 0, width, height);
    context.fillStyle = "rgb(8 10 14 / 62%)";
    context.fillRect(0, 0, width, height);
    if (phrase.area > 0) {
      context.globalCompositeOperation = "destination-out";
      context.drawImage(this.#ink(phrase), 0, 0);
      context.globalCompositeOperation = "source-over";
      context.save();
      context.shadowColor = phrase.colour;
      context.shadowBlur = width / 60;
      this.#outline(context, phrase, Math.max(2, width / 420));
      context.restore();
    }
    this.#tag.textContent = phrase.area > 0 ? phrase.text : `${phrase.text}: not found`;
    this.#tag.style.setProperty("--c", phrase.colour);
    this.#place(phrase);
  }

  /** An attention map over the picture; null takes it away. */
  set heat(map) {
    this.#frame.classList.toggle("warm", !!map);
    if (!map) return;
    const context = this.#heat.getContext("2d"), { width, height } = this.#heat;
    context.clearRect(0, 0, width, height);
    context.imageSmoothingQuality = "high";
    context.drawImage(map, 0, 0, width, height);
  }

  /** The figure as a picture file, at the picture's own size. */
  async figure() {
    const { width, height } = this.#bitmap, canvas = canvasOf(width, height), context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = "high";
    context.drawImage(this.#bitmap, 0, 0);
    for (const canvas of [this.#masks, this.#lines]) {
      context.globalAlpha = Number(getComputedStyle(canvas).opacity);
      context.drawImage(canvas, 0, 0, width, height);
    }
    return new Promise(done => canvas.toBlob(done, "image/png"));
  }

  /** The mask in its colour, its edge as sharp as the screen. */
  #ink(phrase) {
    if (phrase.inked) return phrase.inked;
    const { values, width: columns, height: rows, level } = phrase.field, { width, height } = this.#masks;
    const small = canvasOf(columns, rows), pixels = new ImageData(columns, rows);
    for (let i = 0; i < values.length; i++) {
      pixels.data[4 * i] = values[i];
      pixels.data[4 * i + 3] = 255;
    }
    small.getContext("2d").putImageData(pixels, 0, 0);
    const inked = canvasOf(width, height), context = inked.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    context.drawImage(small, 0, 0, width, height);
    const image = context.getImageData(0, 0, width, height), data = image.data;
    const [red, green, blue] = [1, 3, 5].map(at => parseInt(phrase.colour.slice(at, at + 2), 16));
    const steep = Math.max(1, width / columns) * 0.75;
    for (let i = 0; i < data.length; i += 4) {
      data[i + 3] = Math.max(0, Math.min(255, (data[i] - level) * steep + 127.5));
      [data[i], data[i + 1], data[i + 2]] = [red, green, blue];
    }
    context.putImageData(image, 0, 0);
    return phrase.inked = inked;
  }

  #outline(context, phrase, thickness) {
    const ink = this.#ink(phrase), { width, height } = ink, inner = canvasOf(width, height), edge = canvasOf(width, height);
    const core = inner.getContext("2d"), line = edge.getContext("2d");
    core.drawImage(ink, 0, 0);
    core.globalCompositeOperation = "destination-in";
    for (let turn = 0; turn < 8; turn++) core.drawImage(ink, thickness * Math.cos(turn * Math.PI / 4), thickness * Math.sin(turn * Math.PI / 4));
    line.drawImage(ink, 0, 0);
    line.globalCompositeOperation = "destination-out";
    line.drawImage(inner, 0, 0);
    context.drawImage(edge, 0, 0);
  }

  /** Puts the tag above the mask, inside the frame. */
  #place(phrase) {
    const { width, height } = this.#bitmap, [x, y, w] = phrase.box;
    const left = phrase.area ? (x + w / 2) / width : 0.5, top = phrase.area ? y / height : 0.5;
    this.#tag.style.setProperty("--x", Math.min(Math.max(left, 0.16), 0.84));
    this.#tag.style.setProperty("--y", top);
    this.#tag.classList.toggle("below", top < 0.1);
  }

  #under(event) {
    const place = this.#frame.getBoundingClientRect();
    const [x, y] = [(event.clientX - place.left) / place.width, (event.clientY - place.top) / place.height];
    let found = null;
    this.#phrases.forEach((phrase, index) => {
      if (phrase.area > 0 && phrase.at(x, y) && (found === null || phrase.area < this.#phrases[found].area)) found = index;
    });
    return found;
  }
}
