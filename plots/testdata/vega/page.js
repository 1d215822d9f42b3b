// What browser.cjs does inside the page: it draws charts and measures their text.
'use strict';

// draw shows a specification as JupyterLab does and tells what is to be seen.
async function draw(spec) {
  const {view} = await vegaEmbed(chart, spec, {mode: 'vega-lite', renderer: 'svg', actions: false});
  await view.runAsync();
  window.view = view;
  const marks = {};
  walk({items: [view.scenegraph().root]}, (kind) => { marks[kind] = (marks[kind] || 0) + 1; });
  return {marks, colours: await colours(view), shortened: shortened(chart.querySelector('svg'), spec), ...look()};
}

// look tells how the texts of the chart in the page are.
function look() {
  const svg = chart.querySelector('svg');
  return {axes: axes(svg), inWay: inWay(svg), ...measure(svg, view.background())};
}

// inWay lists the legends that stand in a plotting area.
function inWay(svg) {
  const boxes = (elements) => elements.map((el) => corners(el.getBoundingClientRect()));
  const areas = boxes(grounds(svg));
  return boxes([...svg.querySelectorAll('.role-legend')]).filter((l) => areas.some((a) => overlap(l, a))).length;
}

// grounds lists the plotting areas.
function grounds(svg) {
  const all = [...svg.querySelectorAll('.role-frame > g > .background, .role-scope > g > .background')];
  return all.filter((el) => !el.closest('.role-legend'));
}

function corners({left, right, top, bottom}) {
  return [{x: left, y: top}, {x: right, y: top}, {x: right, y: bottom}, {x: left, y: bottom}];
}

// axes lists the labels in sight of each axis that has labels.
function axes(svg) {
  return [...svg.querySelectorAll('.role-axis')]
    .map((axis) => [...axis.querySelectorAll('.role-axis-label text')])
    .filter((labels) => labels.some((l) => l.textContent))
    .map((labels) => labels.filter((l) => !hidden(l) && l.textContent).map((l) => l.textContent));
}

// state tells two views of a chart apart: where which label of the axes stands.
function state() {
  const labels = [...chart.querySelectorAll('.role-axis-label text')].filter((l) => !hidden(l) && l.textContent);
  return labels.map((l) => {
    const {x, y} = l.getBoundingClientRect();
    return `${l.textContent} ${x.toFixed(0)} ${y.toFixed(0)}`;
  }).sort().join('; ');
}

// listen prepares for settled.
function listen(event) {
  window.heard = new Promise((done) => addEventListener(event, () => setTimeout(done), {once: true, capture: true}));
}

// settled waits until Vega has done what the event asks for.
async function settled() {
  await heard;
  await view.runAsync();
  return state();
}

// target is a mark with a tooltip, one in the middle of all, and a point of the
// window where the mouse touches it.
function target() {
  const told = [...chart.querySelectorAll('.role-mark > *')].filter((el) => el.__data__?.tooltip);
  const from = told.length >> 1;
  for (const el of [...told.slice(from), ...told.slice(0, from)]) {
    const {left, top, width, height} = el.getBoundingClientRect();
    for (const [a, b] of [[0.5, 0.5], [0.1, 0.1], [0.9, 0.9], [0.5, 0.1]]) {
      const at = {x: left + a * width, y: top + b * height};
      if (document.elementFromPoint(at.x, at.y) === el) return {...at, datum: el.__data__.datum};
    }
  }
  return null;
}

// middle is the middle of a plotting area.
function middle() {
  const areas = grounds(chart).map((el) => el.getBoundingClientRect());
  const {left, top, width, height} = areas.find((a) => Math.min(a.width, a.height) > 1);
  return {x: left + width / 2, y: top + height / 2};
}

// shown lists what the tooltip in sight says: a name and a value in each row.
function shown() {
  return [...document.querySelectorAll('#vg-tooltip-element.visible tr')].map((tr) => [...tr.children].map((td) => td.textContent.replace(/:$/, '')));
}

// shortened lists the texts that Vega had no room for, names on axes apart.
function shortened(svg, spec) {
  const given = JSON.stringify(spec);
  return textsOf(svg).filter((t) => !t.name).map((t) => t.text).filter((t) => t.endsWith('…') && !given.includes(JSON.stringify(t).slice(1, -1)));
}

// colours counts the colours of the chart on a canvas.
async function colours(view) {
  const canvas = await view.toCanvas();
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}

// twin shows a picture and measures its text.
function twin(text) {
  chart.innerHTML = text.slice(text.indexOf('<svg'));
  const svg = chart.firstElementChild;
  return measure(svg);
}

// clear takes the chart off the page.
function clear() {
  if (window.view) window.view.finalize();
  window.view = null;
  chart.replaceChildren();
}

// measure names the texts of a picture that are cut off, that overlap, or are
// crowded as marks are, that are too small to read, and that stand out too little
// from the ground.
function measure(svg, ground) {
  const frame = svg.getBoundingClientRect();
  const all = textsOf(svg);
  const overlaps = [], crowded = [];
  for (let i = 0; i < all.length; i++) {
    for (let j = 0; j < i; j++) {
      if (!overlap(all[i].box, all[j].box)) continue;
      (all[i].mark && all[j].mark ? crowded : overlaps).push(`${all[j].text} | ${all[i].text}`);
    }
  }
  const names = (faulty) => all.filter(faulty).map((t) => t.text);
  return {
    texts: all.length, overlaps, crowded,
    cut: names((t) => t.clips.length === 0 && !within(t.box, frame)),
    clipped: names((t) => t.clips.some((c) => !t.box.every((p) => inside(c, p)))),
    small: names((t) => t.size < 8),
    pale: names((t) => ground && !t.mark && contrast(t.colour, ground) < 4.5),
  };
}

const slack = 1; // px by which measures may be wrong

// textsOf lists the lines of visible text: the four corners of their ink, the
// areas that clip them, and whether they are marks or labels of an axis.
function textsOf(svg) {
  const out = [];
  for (const el of svg.querySelectorAll('text')) {
    const lines = el.children.length > 0 ? el.children : [el];
    for (const line of lines) {
      if (line.textContent.trim() === '' || hidden(el)) continue;
      const box = inkOf(line, el.getScreenCTM()), m = el.getScreenCTM();
      const size = parseFloat(getComputedStyle(line).fontSize) * Math.hypot(m.a, m.b);
      out.push({text: line.textContent, box, size, clips: clipsOf(el), colour: getComputedStyle(line).fill, mark: !!el.closest('.role-mark'), name: !!el.closest('.role-axis-label')});
    }
  }
  return out;
}

// hidden: Vega takes labels away by making them transparent.
function hidden(el) {
  for (; el instanceof SVGElement; el = el.parentElement) {
    const {opacity, fillOpacity, display, visibility} = getComputedStyle(el);
    if (opacity === '0' || fillOpacity === '0' || display === 'none' || visibility === 'hidden') return true;
  }
  return false;
}

const pen = document.createElement('canvas').getContext('2d', {willReadFrequently: true});

// inkOf is the rectangle around the letters of a line, in px of the window; it
// is turned where the text is.
function inkOf(line, matrix) {
  const {fontStyle, fontWeight, fontSize, fontFamily} = getComputedStyle(line);
  pen.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  const ink = pen.measureText(line.textContent);
  const from = line.getStartPositionOfChar(0), to = line.getEndPositionOfChar(line.getNumberOfChars() - 1);
  const top = from.y - ink.actualBoundingBoxAscent, bottom = from.y + ink.actualBoundingBoxDescent;
  return [[from.x, top], [to.x, top], [to.x, bottom], [from.x, bottom]]
    .map(([x, y]) => new DOMPoint(x, y).matrixTransform(matrix));
}

// clipsOf lists the areas outside which nothing of an element is drawn.
function clipsOf(el) {
  const out = [];
  for (; el instanceof SVGElement; el = el.parentElement) {
    const id = /url\("?#(.*?)"?\)/.exec(el.getAttribute('clip-path'));
    if (!id) continue;
    const {x, y, width, height} = document.getElementById(id[1]).firstElementChild.getBBox();
    out.push([[x, y], [x + width, y], [x + width, y + height], [x, y + height]]
      .map(([x, y]) => new DOMPoint(x, y).matrixTransform(el.getScreenCTM())));
  }
  return out;
}

function within(box, frame) {
  return box.every((p) => p.x >= frame.left - slack && p.x <= frame.right + slack && p.y >= frame.top - slack && p.y <= frame.bottom + slack);
}

// inside reports whether a point is in a convex shape.
function inside(shape, p) {
  return !sides(shape).some((n) => span([p], n)[0] > span(shape, n)[1] + slack);
}

// overlap reports whether two convex shapes have more than a little in common:
// no side of either has one shape before and the other behind it.
function overlap(a, b) {
  return ![...sides(a), ...sides(b)].some((n) => {
    const [aLow, aHigh] = span(a, n), [bLow, bHigh] = span(b, n);
    return Math.min(aHigh, bHigh) - Math.max(aLow, bLow) <= slack;
  });
}

// sides are the directions that stand on the sides of a shape, outward for one
// whose corners run clockwise.
function sides(shape) {
  return shape.map((p, i) => {
    const q = shape[(i + 1) % shape.length], length = Math.hypot(q.x - p.x, q.y - p.y) || 1;
    return {x: (q.y - p.y) / length, y: (p.x - q.x) / length};
  });
}

function span(shape, n) {
  const at = shape.map((p) => p.x * n.x + p.y * n.y);
  return [Math.min(...at), Math.max(...at)];
}

// contrast is how a colour stands out from another: 1 is not at all, 21 is black
// on white.
function contrast(a, b) {
  const light = (colour) => {
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}
