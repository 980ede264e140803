"use strict";
// What the file holds, unpacked, with everything that drawing and searching need to find quickly.

async function unpack() {
  const packed = document.getElementById("data").textContent.trim();
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

class Column {
  constructor(given) { Object.assign(this, given); }
  of(row) { return this.at[row] < 0 ? null : this.values[this.at[row]]; }
  sourceOf(row) { return this.source ? this.sources[this.source[row]] : ""; }
}

class Grid { // rows by the cells that they touch, packed one after the other
  constructor(width, height, count) {
    this.cell = Math.max(50, Math.sqrt((width + 1) * (height + 1) / Math.max(count, 1)) * 2);
    this.columns = Math.floor(width / this.cell) + 2;
    this.lines = Math.floor(height / this.cell) + 2;
    this.rows = new Map();
  }
  index(value, most) { return Math.min(most - 1, Math.max(0, Math.floor(value / this.cell))); }
  add(row, x0, y0, x1, y1) {
    const left = this.index(Math.min(x0, x1), this.columns), right = this.index(Math.max(x0, x1), this.columns);
    const low = this.index(Math.min(y0, y1), this.lines), high = this.index(Math.max(y0, y1), this.lines);
    for (let line = low; line <= high; line++) {
      for (let column = left; column <= right; column++) {
        const key = line * this.columns + column;
        let found = this.rows.get(key);
        if (!found) this.rows.set(key, found = []);
        if (found[found.length - 1] !== row) found.push(row);
      }
    }
  }
  within(x0, y0, x1, y1) {
    const left = this.index(x0, this.columns), right = this.index(x1, this.columns);
    const low = this.index(y0, this.lines), high = this.index(y1, this.lines);
    const found = new Set();
    for (let line = low; line <= high; line++) {
      for (let column = left; column <= right; column++) {
        for (const row of this.rows.get(line * this.columns + column) || []) found.add(row);
      }
    }
    return found;
  }
}

class Model {
  constructor(data) {
    this.data = data;
    this.side = data.left_hand ? -1 : 1;
    this.linkColumns = data.links.attributes.map((one) => new Column(one));
    this.nodeColumns = data.nodes.attributes.map((one) => new Column(one));
    this.connectionColumns = data.connections.attributes.map((one) => new Column(one));
    this.readLinks();
    this.readNodes();
    this.readConnections();
    this.readExtent();
    this.grid = new Grid(this.width, this.height, this.links);
    this.lines.forEach((line, link) => {
      for (let at = 0; line && at + 3 < line.length; at += 2) this.grid.add(link, line[at], line[at + 1], line[at + 2], line[at + 3]);
    });
    this.nodeGrid = new Grid(this.width, this.height, this.nodes.length);
    this.nodes.forEach((at, node) => at && this.nodeGrid.add(node, at[0], at[1], at[0], at[1]));
    this.readMarks();
  }

  column(columns, name) { return columns.find((one) => one.name === name); }
  linkValue(link, name) { const column = this.column(this.linkColumns, name); return column ? column.of(link) : null; }
  nodeValue(node, name) { const column = this.column(this.nodeColumns, name); return column ? column.of(node) : null; }
  connectionValue(row, name) { const column = this.column(this.connectionColumns, name); return column ? column.of(row) : null; }

  readLinks() {
    const { links, per_m: perM } = this.data;
    this.links = links.id.length;
    const lanes = this.column(this.linkColumns, "lanes"), widths = this.column(this.linkColumns, "lane_width_m");
    this.lines = links.line.map((given) => {
      if (!given.length) return null;
      const line = new Float64Array(given.length);
      let x = 0, y = 0;
      for (let at = 0; at < given.length; at += 2) {
        x += given[at]; y += given[at + 1];
        line[at] = x / perM; line[at + 1] = y / perM;
      }
      return line;
    });
    this.laneCount = links.id.map((_, link) => Math.max(1, Number(lanes ? lanes.of(link) : 1) || 1));
    this.laneWidths = links.id.map((_, link) => {
      const given = widths ? widths.of(link) : null;
      return Array.from({ length: this.laneCount[link] }, (_, lane) => {
        const width = Number(Array.isArray(given) ? given[lane] : given);
        return width >= 1 && width <= 15 ? width : this.data.lane_width_m;
      });
    });
    this.roadWidth = this.laneWidths.map((widths) => widths.reduce((sum, width) => sum + width, 0));
    this.layers = [...new Set(links.layer)].sort((a, b) => a - b);
    this.names = this.column(this.linkColumns, "name");
    this.classes = this.column(this.linkColumns, "road_class");
    this.allow = this.column(this.linkColumns, "allow");
    this.turns = this.column(this.linkColumns, "turn_lanes");
    this.laneLines = new Map();
  }

  readNodes() {
    const { nodes, links, per_m: perM } = this.data;
    this.nodes = nodes.at.map((at) => at && [at[0] / perM, at[1] / perM]);
    this.atNode = nodes.id.map(() => []);
    links.from.forEach((node, link) => this.atNode[node].push([link, true]));
    links.to.forEach((node, link) => this.atNode[node].push([link, false]));
    this.hulls = new Map();
  }

  readConnections() {
    const { connections, signals } = this.data;
    this.leaving = this.data.links.id.map(() => []);
    connections.from.forEach((link, row) => link >= 0 && this.leaving[link].push(row));
    this.bySignal = signals.map(() => []);
    connections.controller.forEach((signal, row) => signal >= 0 && this.bySignal[signal].push(row));
    this.turn = this.column(this.connectionColumns, "turn");
    this.curves = new Map();
  }

  readExtent() {
    let x = 10, y = 10;
    for (const line of this.lines) {
      for (let at = 0; line && at < line.length; at += 2) { x = Math.max(x, line[at]); y = Math.max(y, line[at + 1]); }
    }
    for (const at of this.nodes) if (at) { x = Math.max(x, at[0]); y = Math.max(y, at[1]); }
    this.width = x; this.height = y;
  }

  // Metres to the near side of its line at which the middle of a road, or of a lane, lies.
  roadOffset(link) { return this.data.links.centred[link] ? 0 : this.side * this.roadWidth[link] / 2; }
  laneOffset(link, lane) {
    const widths = this.laneWidths[link];
    let inner = 0;
    for (let other = lane + 1; other < widths.length; other++) inner += widths[other];
    const fromInnerEdge = inner + (widths[lane] || 0) / 2;
    return this.side * (this.data.links.centred[link] ? fromInnerEdge - this.roadWidth[link] / 2 : fromInnerEdge);
  }
  laneLine(link, lane) {
    const key = link * 64 + lane;
    if (!this.laneLines.has(key)) {
      if (this.laneLines.size > 40000) this.laneLines.clear();
      this.laneLines.set(key, beside(this.lines[link], this.laneOffset(link, lane)));
    }
    return this.laneLines.get(key);
  }
  roadCentre(link) {
    const key = -1 - link;
    if (!this.laneLines.has(key)) this.laneLines.set(key, beside(this.lines[link], this.roadOffset(link)));
    return this.laneLines.get(key);
  }

  // A curve through a junction: four points of Bezier, tangent to both lanes.
  curve(row) {
    if (this.curves.has(row)) return this.curves.get(row);
    const { from, to, from_lane: fromLane, to_lane: toLane } = this.data.connections;
    let found = null;
    if (this.lines[from[row]] && this.lines[to[row]]) {
      const a = this.laneLine(from[row], Math.min(fromLane[row], this.laneCount[from[row]] - 1));
      const b = this.laneLine(to[row], Math.min(toLane[row], this.laneCount[to[row]] - 1));
      const x0 = a[a.length - 2], y0 = a[a.length - 1], x3 = b[0], y3 = b[1];
      const [ux, uy] = unit(x0 - a[a.length - 4], y0 - a[a.length - 3]), [vx, vy] = unit(b[2] - x3, b[3] - y3);
      const gap = Math.hypot(x3 - x0, y3 - y0), back = ux * vx + uy * vy < -0.8;
      const ahead = (x3 - x0) * ux + (y3 - y0) * uy, straightOn = ux * vx + uy * vy > 0.9;
      const reach = back ? Math.max(gap * 0.9, 3) : straightOn ? Math.max(0, Math.min(gap * 0.42, ahead * 0.5)) : gap * 0.42;
      found = [x0, y0, x0 + ux * reach, y0 + uy * reach, x3 - vx * reach, y3 - vy * reach, x3, y3];
    }
    this.curves.set(row, found);
    return found;
  }

  // The paved area of a junction: the hull of the ends of its roads.
  hull(node) {
    if (this.hulls.has(node)) return this.hulls.get(node);
    const corners = [];
    for (const [link, leaves] of this.atNode[node]) {
      if (!this.lines[link]) continue;
      for (const edge of [-1, 1]) {
        const line = beside(this.lines[link], this.roadOffset(link) + edge * this.roadWidth[link] / 2);
        corners.push(leaves ? [line[0], line[1]] : [line[line.length - 2], line[line.length - 1]]);
      }
    }
    const found = this.atNode[node].length > 1 ? convex(corners) : [];
    this.hulls.set(node, found);
    return found;
  }
  nodeLayer(node) { return Math.max(0, ...this.atNode[node].map(([link]) => this.data.links.layer[link])); }

  // Where a thing of a kind lies, for markers and for zooming to it.
  placeOf(kind, number) {
    const { signals, things, per_m: perM } = this.data;
    if (kind === "link" || kind === "lane") return this.lines[number] ? middle(this.roadCentre(number)) : null;
    if (kind === "node") return this.nodes[number] || null;
    if (kind === "connection") { const curve = this.curve(number); return curve && bezier(curve, 0.5); }
    const at = (kind === "signal" ? signals : things)[number]?.at;
    return at ? [at[0] / perM, at[1] / perM] : null;
  }
  boxOf(kind, number) {
    const place = this.placeOf(kind, number);
    if (!place) return null;
    let box = [place[0], place[1], place[0], place[1]];
    const grow = (line) => { for (let at = 0; at < line.length; at += 2) box = [Math.min(box[0], line[at]), Math.min(box[1], line[at + 1]), Math.max(box[2], line[at]), Math.max(box[3], line[at + 1])]; };
    if (kind === "link" && this.lines[number]) grow(this.lines[number]);
    if (kind === "connection") grow(this.curve(number));
    if (kind === "signal") for (const row of this.bySignal[number]) { const curve = this.curve(row); if (curve) grow(curve); }
    return box;
  }

  readMarks() {
    this.marks = [];
    this.data.findings.forEach((finding, number) => {
      finding.placed = 0;
      for (const [kind, at] of finding.at) {
        const place = this.placeOf(kind, at);
        if (place) { this.marks.push({ x: place[0], y: place[1], finding: number }); finding.placed += 1; }
      }
    });
    this.thingsOn = this.data.links.id.map(() => null);
    this.data.things.forEach((thing, number) => thing.links.forEach((link) => (this.thingsOn[link] ||= []).push(number)));
  }

  cycle(signal) { return this.data.signals[signal].phases.reduce((sum, [duration]) => sum + duration, 0); }
  phaseAt(signal, time) {
    const { phases, offset_s: offset } = this.data.signals[signal];
    const cycle = this.cycle(signal);
    let left = (((time - offset) % cycle) + cycle) % cycle;
    for (let phase = 0; phase < phases.length; phase++) {
      if (left < phases[phase][0]) return phase;
      left -= phases[phase][0];
    }
    return phases.length - 1;
  }
  letterOf(row, time) {
    const { controller, letter } = this.data.connections;
    if (controller[row] < 0 || letter[row] < 0) return "";
    return this.data.signals[controller[row]].phases[this.phaseAt(controller[row], time)][1][letter[row]] || "";
  }
}

function unit(x, y) { const length = Math.hypot(x, y) || 1; return [x / length, y / length]; }

function beside(line, offset) { // a line shifted to its right by metres
  if (!offset) return line;
  const found = new Float64Array(line.length), last = line.length - 2;
  for (let at = 0; at <= last; at += 2) {
    const [ax, ay] = at > 0 ? unit(line[at] - line[at - 2], line[at + 1] - line[at - 1]) : unit(line[2] - line[0], line[3] - line[1]);
    const [bx, by] = at < last ? unit(line[at + 2] - line[at], line[at + 3] - line[at + 1]) : [ax, ay];
    const [ux, uy] = unit(ax + bx, ay + by);
    const stretch = Math.min(2, 1 / Math.max(0.1, ux * ax + uy * ay));
    found[at] = line[at] + offset * stretch * uy;
    found[at + 1] = line[at + 1] - offset * stretch * ux;
  }
  return found;
}

function middle(line) {
  let whole = 0;
  for (let at = 2; at < line.length; at += 2) whole += Math.hypot(line[at] - line[at - 2], line[at + 1] - line[at - 1]);
  return along(line, whole / 2);
}

function along(line, distance) { // the point at a distance, and the direction there
  let done = 0;
  for (let at = 2; at < line.length; at += 2) {
    const dx = line[at] - line[at - 2], dy = line[at + 1] - line[at - 1], piece = Math.hypot(dx, dy);
    if (done + piece >= distance || at === line.length - 2) {
      const share = piece ? Math.min(1, (distance - done) / piece) : 0;
      return [line[at - 2] + share * dx, line[at - 1] + share * dy, dx / (piece || 1), dy / (piece || 1)];
    }
    done += piece;
  }
  return [line[0], line[1], 1, 0];
}

function bezier([x0, y0, x1, y1, x2, y2, x3, y3], t) {
  const s = 1 - t, a = s * s * s, b = 3 * s * s * t, c = 3 * s * t * t, d = t * t * t;
  return [a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3];
}

function convex(points) {
  const sorted = points.slice().sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (list) => {
    const found = [];
    for (const point of list) {
      while (found.length > 1) {
        const [a, b] = found.slice(-2);
        if ((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]) > 0) break;
        found.pop();
      }
      found.push(point);
    }
    return found.slice(0, -1);
  };
  return sorted.length < 3 ? sorted : [...half(sorted), ...half(sorted.reverse())];
}

function distanceTo(line, x, y) {
  let least = Infinity;
  for (let at = 2; line && at < line.length; at += 2) {
    const ax = line[at - 2], ay = line[at - 1], dx = line[at] - ax, dy = line[at + 1] - ay;
    const share = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(x - ax - share * dx, y - ay - share * dy));
  }
  return least;
}
