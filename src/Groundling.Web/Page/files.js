// What the page gives to take away.

import { encode, extent } from "./masks.js";

export function save(name, blob) {
  const address = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export const json = value => new Blob([JSON.stringify(value, null, 2), "\n"], { type: "application/json" });

/** The service's answer, with the masks of the threshold that the page shows. */
export function answerAt(answer, threshold) {
  const { probabilities, ...kept } = answer;
  if (threshold === answer.threshold) return kept;
  const { width, height } = answer;
  const phrases = answer.phrases.map((phrase, i) => {
    const { mask, score } = probabilities[i].above(threshold, width, height);
    return { ...phrase, score: Number(score.toFixed(6)), ...extent(mask, width, height), segmentation: encode(mask, width, height) };
  });
  return { ...kept, threshold, phrases };
}

/** COCO's panoptic format: a picture of segment ids, and what they are. Where masks overlap, the higher score wins; of equals, the earlier. */
export async function panoptic(answer, masks, palette, name) {
  const { width, height, phrases } = answer, ids = new Int32Array(width * height).fill(-1);
  const order = phrases.map((_, i) => i).sort((a, b) => phrases[a].score - phrases[b].score || b - a);
  for (const i of order) masks[i].forEach((inside, at) => { if (inside) ids[at] = i; });

  const canvas = Object.assign(document.createElement("canvas"), { width, height }), image = new ImageData(width, height);
  const colours = phrases.map((_, i) => [1, 3, 5].map(at => parseInt(palette[i].slice(at, at + 2), 16)));
  ids.forEach((phrase, at) => image.data.set([...(colours[phrase] ?? [0, 0, 0]), 255], 4 * at));
  canvas.getContext("2d").putImageData(image, 0, 0);

  const categories = [...new Set(phrases.map(phrase => phrase.text))];
  const segments = phrases.map((phrase, i) => {
    const { area, box } = extent(ids.map(id => id === i), width, height), [red, green, blue] = colours[i];
    return { id: red + 256 * green + 65536 * blue, category_id: categories.indexOf(phrase.text) + 1, area, bbox: box, iscrowd: 0 };
  }).filter(segment => segment.area > 0);
  const described = {
    images: [{ id: 1, file_name: name, width, height }],
    annotations: [{ image_id: 1, file_name: "panoptic.png", segments_info: segments }],
    categories: categories.map((text, i) => ({ id: i + 1, name: text, supercategory: "phrase", isthing: 1 })),
  };
  return { picture: await new Promise(done => canvas.toBlob(done, "image/png")), described };
}
