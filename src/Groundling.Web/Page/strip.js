// A film strip: where one phrase's attention lies in every block of the network.

const dark = [16, 20, 27], middle = [37, 99, 201], light = [255, 244, 214];

const mix = (a, b, share) => a.map((value, i) => value + (b[i] - value) * share);
const ramp = Array.from({ length: 256 }, (_, i) => i < 128 ? mix(dark, middle, i / 128) : mix(middle, light, (i - 128) / 127));

/** A map as a small picture; transparent where there is none, if asked. */
function painted({ size: [height, width], values }, fades) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height }), image = new ImageData(width, height);
  const bytes = atob(values);
  for (let i = 0; i < bytes.length; i++) {
    const value = bytes.charCodeAt(i), [red, green, blue] = ramp[value];
    image.data.set([red, green, blue, fades ? Math.min(235, 90 + value) : 255], 4 * i);
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

const part = path => path.startsWith("down") ? "down" : path.startsWith("mid") ? "middle" : "up";

export const methodNames = { full: "Trained parts", static: "Static prompting" };

/** Strips for a trace; calls back with a map to lay over the picture, or null. */
export function strips(trace, over) {
  return trace.methods.map(({ method, blocks }) => {
    const section = document.createElement("section"), list = document.createElement("ol");
    section.className = "strip";
    if (trace.methods.length > 1) section.append(Object.assign(document.createElement("h3"), { textContent: methodNames[method] }));
    const counts = {};
    for (const { block, map } of blocks) {
      const where = part(block), number = counts[where] = (counts[where] ?? 0) + 1;
      const item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.title = block;
      button.setAttribute("aria-label", `${where} ${number}, ${map.size[1]} by ${map.size[0]}, at most ${Math.round(100 * map.maximum)} % of the attention: show it over the picture`);
      const label = Object.assign(document.createElement("span"), { textContent: `${where} ${number}` });
      const figure = Object.assign(document.createElement("small"), { textContent: `${Math.round(100 * map.maximum)} %` });
      button.append(painted(map, false), label, figure);
      const show = () => over(painted(map, true)), hide = () => over(null);
      button.addEventListener("pointerenter", show);
      button.addEventListener("focus", show);
      button.addEventListener("click", show);
      button.addEventListener("pointerleave", hide);
      button.addEventListener("blur", hide);
      item.append(button);
      list.append(item);
    }
    section.append(list);
    return section;
  });
}
