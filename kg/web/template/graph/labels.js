// Which labels have room, and where. Letters keep their size on the screen at every zoom; the most important entities
// choose first, and a label that would cover another one, or an entity, is left out. Places are pixels on the screen
// relative to the graph's origin, so they hold while the picture is only moved.
const FACE = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif';
const pen = document.createElement("canvas").getContext("2d");
const widths = new Map();

function textWidth(text, font) {
  const key = font + text;
  if (!widths.has(key)) {
    pen.font = font;
    widths.set(key, pen.measureText(text).width);
  }
  return widths.get(key);
}

// Rectangles that are taken, in buckets of 64 pixels.
class Room {
  #buckets = new Map();

  * #near({ left, top, right, bottom }) {
    for (let x = left >> 6; x <= right >> 6; x += 1) for (let y = top >> 6; y <= bottom >> 6; y += 1) yield x * 65536 + y;
  }

  free(box) {
    for (const key of this.#near(box)) {
      for (const other of this.#buckets.get(key) || []) {
        if (other.left < box.right && box.left < other.right && other.top < box.bottom && box.top < other.bottom) return false;
      }
    }
    return true;
  }

  take(box) {
    for (const key of this.#near(box)) {
      if (!this.#buckets.has(key)) this.#buckets.set(key, []);
      this.#buckets.get(key).push(box);
    }
  }
}

const around = (x, y, wide, high) => ({ left: x - wide, top: y - high, right: x + wide, bottom: y + high });

function nodeFont(degree, strong) {
  const size = Math.min(12 + Math.sqrt(Math.max(degree - 2, 0)) * 1.05, 17);
  return { size, font: `${strong || degree >= 8 ? 600 : 400} ${size}px ${FACE}` };
}

// Places for the labels of drawn nodes: below, else right, left or above. ``first`` are the ones that choose first. Labels
// of great nodes may cover small nodes if they must, so that an overview names what matters.
function placeNodeLabels(room, drawn, scale, first) {
  const order = [...drawn].sort((a, b) => first.has(b.id) - first.has(a.id) || b.weight - a.weight);
  const great = order.filter((node, place) => first.has(node.id) || place < 12 + order.length / 16);
  const small = order.slice(great.length);
  const disc = ({ x, y, radius }) => around(x * scale, y * scale, radius * scale * 0.8, radius * scale * 0.8);
  const dots = new Room();
  for (const node of small) dots.take(disc(node));
  for (const node of great) room.take(disc(node));
  const named = great.flatMap((node) => placeNodeLabel([room, dots], node, scale, first.has(node.id)));
  for (const node of small) room.take(disc(node));
  return [...named, ...small.flatMap((node) => placeNodeLabel([room], node, scale, false))];
}

// In all of ``rooms`` where there is a place, else in the first one; strong ones come anyhow.
function placeNodeLabel(rooms, node, scale, strong) {
  const { size, font } = nodeFont(node.degree, strong);
  const half = textWidth(node.label, font) / 2;
  const [x, y, gap] = [node.x * scale, node.y * scale, node.radius * scale + 4];
  const choices = [[0, gap + size / 2], [gap + half, 0], [-gap - half, 0], [0, -gap - size / 2]];
  const free = (some) => choices.find(([dx, dy]) => some.every((room) => room.free(around(x + dx, y + dy, half + 3, size / 2 + 2))));
  const place = free(rooms) || free(rooms.slice(0, 1)) || (strong ? choices[0] : null);
  if (!place) return [];
  const box = around(x + place[0], y + place[1], half, size / 2);
  rooms[0].take(box);
  return [{ id: node.id, text: node.label, font, x: x + place[0], y: y + place[1], box }];
}

// Places for the labels of edges, along the edge, where it is long enough. ``point(t)``: where the edge is at 0 <= t <= 1.
function placeEdgeLabels(room, drawn, scale, first) {
  const order = [...drawn].sort((a, b) => first.has(b.id) - first.has(a.id) || b.weight - a.weight);
  return order.flatMap((edge) => {
    const font = `${first.has(edge.id) ? 600 : 400} 11.5px ${FACE}`;
    const wide = textWidth(edge.label, font);
    if (edge.length * scale < wide + 14) return [];
    for (const t of [0.5, 0.4, 0.6]) {
      const [before, at, after] = [t - 0.06, t, t + 0.06].map((where) => edge.point(where));
      let angle = Math.atan2(after.y - before.y, after.x - before.x);
      if (Math.abs(angle) > Math.PI / 2) angle += Math.PI;
      const boxes = squares(at.x * scale, at.y * scale, angle, wide);
      if (!boxes.every((box) => room.free(box))) continue;
      boxes.forEach((box) => room.take(box));
      return [{ id: edge.id, text: edge.label, font, x: at.x * scale, y: at.y * scale, angle }];
    }
    return [];
  });
}

// Squares along a slanted text, which together cover it.
function squares(x, y, angle, wide) {
  const steps = Math.max(Math.ceil(wide / 12), 1);
  return Array.from({ length: steps + 1 }, (_, step) => {
    const along = (step / steps - 0.5) * wide;
    return around(x + Math.cos(angle) * along, y + Math.sin(angle) * along, 7, 7);
  });
}
