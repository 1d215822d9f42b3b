// Opens a notebook in JupyterLab, runs all its cells and looks at the page.
//
// usage: node lab.mjs ADDRESS NOTEBOOK CHROMIUM SCREENSHOT
//
// ADDRESS is JupyterLab's, with its token; it must have its application in the
// page. The last line of output is JSON: what the page shows.
import { drawn, finished, kernelReady, open, problemsOf, runAll, wholeNotebook, withPage } from "./jupyterlab.mjs";

const [address, notebook, chromium, screenshot] = process.argv.slice(2);

await withPage(chromium, screenshot, async (page) => {
  const problems = problemsOf(page);
  await open(page, address, notebook);
  const kernel = await kernelReady(page);
  await runAll(page);
  await finished(page);
  await drawn(page);
  const seen = await page.evaluate(look);
  await wholeNotebook(page, screenshot);
  console.log(JSON.stringify({ kernel, ...seen, problems }));
});

// look runs in the page: it says what the outputs show.
async function look() {
  const all = (selector) => [...document.querySelectorAll(".jp-Notebook .jp-OutputArea-output " + selector)];
  const charts = [];
  for (const node of all(".jp-RenderedVegaCommon5").concat(all("").filter((n) => n.matches(".jp-RenderedVegaCommon5")))) {
    charts.push({ drawn: !!node.querySelector("canvas, svg.marks"), ...(await marksOf(node)) });
  }
  return {
    cells: document.querySelectorAll(".jp-Notebook .jp-CodeCell").length,
    outputs: document.querySelectorAll(".jp-Notebook .jp-OutputArea-output").length,
    tables: all("table").map((t) => ({ rows: t.querySelectorAll("tr").length, head: t.querySelector("tr")?.innerText ?? "" })),
    charts,
    images: all("img").map((i) => [i.naturalWidth, i.naturalHeight]),
    errors: [...document.querySelectorAll("[data-mime-type='application/vnd.jupyter.error']")].map((e) => e.innerText),
  };

  // marksOf counts a chart's marks. The chart is a canvas, so it is asked for
  // its own SVG, as a person does with "Save as SVG" in the chart's menu.
  async function marksOf(node) {
    const save = [...node.querySelectorAll(".vega-actions a")].find((a) => /SVG/.test(a.textContent));
    if (!save) return { marks: {} };
    save.dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
    for (const from = Date.now(); !/^(data|blob):/.test(save.href);) {
      if (Date.now() - from > 60_000) throw new Error("a chart does not give its SVG");
      await new Promise((r) => setTimeout(r, 50));
    }
    const svg = new DOMParser().parseFromString(await (await fetch(save.href)).text(), "image/svg+xml");
    const marks = {};
    for (const g of svg.querySelectorAll("g.role-mark[class*='mark-']")) {
      const kind = [...g.classList].find((c) => c.startsWith("mark-")).slice("mark-".length);
      marks[kind] = (marks[kind] ?? 0) + g.querySelectorAll(":scope > path, :scope > rect, :scope > text, :scope > line").length;
    }
    return { marks };
  }
}
