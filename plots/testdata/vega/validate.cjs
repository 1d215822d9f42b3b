// Reads one JSON object a line on stdin, {name, spec, signals}; checks the spec
// against the Vega-Lite schema, compiles it, and renders it with the values of
// the signals. Writes one JSON object a line: {name, invalid, warnings, svg,
// marks, labels, tooltips, tooltip, size}; the last two are of the last mark. The modules
// come from the folder that SHEAF_NODE_MODULES names.
'use strict';
const path = require('path');
const fs = require('fs');
const readline = require('readline');
const modules = process.env.SHEAF_NODE_MODULES;
const from = (name) => require(path.join(modules, name));

const Ajv = from('ajv').default;
const addFormats = from('ajv-formats').default;
const vega = from('vega');
const vegaLite = from('vega-lite');
const {walk} = require('./marks.js');

const schema = JSON.parse(fs.readFileSync(path.join(modules, 'vega-lite/build/vega-lite-schema.json'), 'utf8'));
const ajv = new Ajv({allErrors: false, strict: false, validateFormats: true});
addFormats(ajv);
ajv.addFormat('color-hex', /^#[0-9A-Fa-f]{6}$/);
const validate = ajv.compile(schema);

// collector keeps what a Vega logger would print.
function collector(into) {
  const add = (level) => (...args) => { into.push(level + ': ' + args.join(' ')); return log; };
  const log = {level: () => log, error: add('error'), warn: add('warn'), info: () => log, debug: () => log};
  return log;
}

// axisLabels collects what stands at the ticks, also where it would overlap.
function axisLabels(group, into) {
  for (const mark of group.items || []) {
    for (const item of mark.items || []) {
      if (mark.marktype === 'group') axisLabels(item, into);
      else if (mark.role === 'axis-label' && item.text) into.push(item.text);
    }
  }
}

async function check({name, spec, signals}) {
  const out = {name, invalid: '', warnings: [], marks: {}, labels: [], tooltips: 0};
  if (!validate(spec)) out.invalid = ajv.errorsText(validate.errors.slice(0, 3));
  const log = collector(out.warnings);
  const compiled = vegaLite.compile(spec, {logger: log});
  const view = new vega.View(vega.parse(compiled.spec), {renderer: 'none', logger: log});
  await view.runAsync();
  for (const [signal, value] of Object.entries(signals || {})) view.signal(signal, value);
  await view.runAsync();
  walk({items: [view.scenegraph().root]}, (kind, item) => {
    out.marks[kind] = (out.marks[kind] || 0) + 1;
    for (const k of ['x', 'y', 'width', 'height']) {
      if (item[k] !== undefined && !Number.isFinite(item[k])) out.warnings.push(`${kind} has ${k} = ${item[k]}`);
    }
    if (kind === 'symbol') out.size = item.size;
    if (item.tooltip) { out.tooltips++; out.tooltip = item.tooltip; }
  });
  axisLabels({items: [view.scenegraph().root]}, out.labels);
  // Without a browser there is no window to listen to; that is no fault.
  out.warnings = out.warnings.filter((w) => !w.includes('event source: window'));
  out.svg = await view.toSVG();
  view.finalize();
  return out;
}

(async () => {
  for await (const line of readline.createInterface({input: process.stdin})) {
    if (!line.trim()) continue;
    const job = JSON.parse(line);
    let result;
    try { result = await check(job); } catch (e) { result = {name: job.name, invalid: String(e && e.stack || e)}; }
    process.stdout.write(JSON.stringify(result) + '\n');
  }
})();
