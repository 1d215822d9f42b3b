// usage: node same.cjs CHROMIUM
//
// Reads one JSON object a line on stdin, {name, a, b}, two SVGs; draws both as
// pictures in a page of a headless browser, which run no script and load nothing.
// Writes one JSON object a line, {name, width, height, inked, differ}: the size
// and, as shares of all pixels at two of them per CSS pixel, those of a that are
// not white and those that differ. A pixel differs if it is an eighth of the range
// brighter or darker than the other picture is there and beside it: shapes may be a
// part of a pixel further on.
// playwright-core comes through NODE_PATH.
'use strict';
const readline = require('readline');
const {chromium} = require('playwright-core');

// compare runs in the page.
async function compare(a, b) {
  const base64 = (text) => btoa(Array.from(new TextEncoder().encode(text), (b) => String.fromCharCode(b)).join(''));
  const pixels = async (svg) => {
    const img = new Image();
    img.src = 'data:image/svg+xml;base64,' + base64(svg.slice(svg.indexOf('<svg')));
    await img.decode();
    const canvas = document.createElement('canvas');
    canvas.width = 2 * img.width;
    canvas.height = 2 * img.height;
    const pen = canvas.getContext('2d', {willReadFrequently: true});
    pen.fillStyle = 'white';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(img, 0, 0, canvas.width, canvas.height);
    return {width: img.width, height: img.height, data: pen.getImageData(0, 0, canvas.width, canvas.height).data};
  };
  const [p, q] = [await pixels(a), await pixels(b)];
  let differ = 0, inked = 0;
  const outside = (i, x, y, p, q) => [0, 1, 2].some((k) => {
    let low = 255, high = 0;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        if (x + dx < 0 || y + dy < 0 || x + dx >= 2 * p.width || y + dy >= 2 * p.height) continue;
        const v = q.data[i + k + 4 * (dx + 2 * dy * p.width)];
        low = Math.min(low, v);
        high = Math.max(high, v);
      }
    }
    return p.data[i + k] < low - 32 || p.data[i + k] > high + 32;
  });
  const apart = (i) => {
    if ([0, 1, 2].every((k) => Math.abs(p.data[i + k] - q.data[i + k]) <= 32)) return false;
    const x = i / 4 % (2 * p.width), y = Math.floor(i / 4 / (2 * p.width));
    return outside(i, x, y, p, q) || outside(i, x, y, q, p);
  };
  const white = (i) => p.data[i] + p.data[i + 1] + p.data[i + 2] === 765;
  const n = p.data.length / 4, same = p.width === q.width && p.height === q.height;
  for (let i = 0; same && i < p.data.length; i += 4) {
    if (apart(i)) differ++;
    if (!white(i)) inked++;
  }
  return {width: q.width, height: q.height, inked: inked / n, differ: same ? differ / n : 1};
}

(async () => {
  const browser = await chromium.launch({executablePath: process.argv[2], args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']});
  try {
    const page = await browser.newPage();
    await page.addScriptTag({content: `window.compare = ${compare}`});
    for await (const line of readline.createInterface({input: process.stdin})) {
      if (!line.trim()) continue;
      const {name, a, b} = JSON.parse(line);
      process.stdout.write(JSON.stringify({name, ...(await page.evaluate(([a, b]) => compare(a, b), [a, b]))}) + '\n');
    }
  } finally {
    await browser.close();
  }
})();
