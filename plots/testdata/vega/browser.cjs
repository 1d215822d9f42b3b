// usage: node browser.cjs CHROMIUM
//
// Reads one JSON object a line on stdin, {name, spec, twin}; shows the chart and
// its static twin in a page of a headless browser. Writes one JSON object a line:
// {name, problems, chart, use, twin}. The modules come from the folder that
// SHEAF_NODE_MODULES names, playwright-core through NODE_PATH.
'use strict';
const path = require('path');
const readline = require('readline');
const {chromium} = require('playwright-core');
const modules = process.env.SHEAF_NODE_MODULES;

const scripts = [
  path.join(modules, 'vega/build/vega.min.js'),
  path.join(modules, 'vega-lite/build/vega-lite.min.js'),
  path.join(modules, 'vega-embed/build/vega-embed.min.js'),
  path.join(__dirname, 'marks.js'),
  path.join(__dirname, 'page.js'),
];

// open returns an empty page without a network; problems gets what goes wrong.
async function open(browser, problems) {
  const page = await browser.newPage({viewport: {width: 1600, height: 1400}, timezoneId: 'America/New_York'});
  page.on('pageerror', (e) => problems.push(String(e)));
  page.on('console', (m) => { if (['error', 'warning'].includes(m.type())) problems.push(`${m.type()}: ${m.text()}`); });
  await page.route('**/*', (route) => { problems.push('asks for ' + route.request().url()); return route.abort(); });
  await page.setContent('<!doctype html><meta charset=utf-8><style>body { margin: 0 }</style><div id=chart></div>');
  for (const script of scripts) await page.addScriptTag({path: script});
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return page;
}

// use does with the chart in the page what people do with it: point at a mark,
// turn the wheel, drag, click twice.
async function use(page) {
  const out = {};
  const at = await page.evaluate(() => target());
  if (at) {
    await page.mouse.move(at.x, at.y);
    await page.waitForSelector('#vg-tooltip-element.visible tr', {timeout: 5000});
    out.tooltip = await page.evaluate(() => shown());
    out.datum = at.datum;
  }
  const {x, y} = await page.evaluate(() => middle());
  const after = async (event, act) => {
    await page.evaluate((event) => listen(event), event);
    await act();
    return page.evaluate(() => settled());
  };
  const first = await page.evaluate(() => state());
  await page.mouse.move(x, y);
  const zoomed = await after('wheel', () => page.mouse.wheel(0, -1500));
  out.zooms = zoomed !== first;
  out.zoomed = await page.evaluate(() => look());
  const panned = await after('mouseup', async () => {
    await page.mouse.down();
    await page.mouse.move(x + 40, y + 25);
    await page.mouse.up();
  });
  out.pans = panned !== zoomed;
  out.panned = await page.evaluate(() => look().axes);
  out.resets = await after('dblclick', () => page.mouse.dblclick(x, y)) === first;
  return out;
}

async function check(page, problems, {name, spec, twin}) {
  const out = {name};
  try {
    out.chart = await page.evaluate((spec) => draw(spec), spec);
    out.use = await use(page);
    await page.evaluate(() => clear());
    out.twin = await page.evaluate((svg) => window.twin(svg), twin);
    await page.evaluate(() => clear());
  } catch (e) {
    problems.push(String(e));
  }
  return {...out, problems: problems.splice(0)};
}

(async () => {
  const browser = await chromium.launch({executablePath: process.argv[2], args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']});
  try {
    const problems = [], page = await open(browser, problems);
    for await (const line of readline.createInterface({input: process.stdin})) {
      if (line.trim()) process.stdout.write(JSON.stringify(await check(page, problems, JSON.parse(line))) + '\n');
    }
  } finally {
    await browser.close();
  }
})();
