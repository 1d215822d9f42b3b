// Opens a notebook in JupyterLab, runs all its cells and looks at the page.
//
// usage: node lab.mjs ADDRESS NOTEBOOK CHROMIUM SCREENSHOT
//
// ADDRESS is JupyterLab's, with its token. playwright-core is found through
// NODE_PATH. The last line of output is JSON: what the page shows.
import { createRequire } from "node:module";

const { chromium } = createRequire(import.meta.url)("playwright-core");
const [address, notebook, executablePath, screenshot] = process.argv.slice(2);

const url = new URL(address);
url.pathname = url.pathname.replace(/\/lab.*$/, "/lab/tree/" + encodeURIComponent(notebook));
url.searchParams.set("reset", ""); // open nothing else that was open before

const browser = await chromium.launch({
  executablePath,
  headless: true,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
try {
  const problems = [];
  page.on("pageerror", (e) => problems.push(String(e)));
  await page.goto(url.href, { timeout: 60_000 });
  await page.waitForSelector(".jp-Notebook .jp-CodeCell", { timeout: 60_000 });
  const kernel = await kernelReady(page);
  await runAll(page);
  await finished(page);
  await page.waitForTimeout(2000); // a chart is drawn a moment after it came
  const seen = await page.evaluate(look);
  await wholeNotebook(page, screenshot);
  console.log(JSON.stringify({ kernel, ...seen, problems }));
} catch (e) {
  await page.screenshot({ path: screenshot }); // what it looked like when it went wrong
  throw e;
} finally {
  await browser.close();
}

// kernelReady waits for an idle kernel and returns its name. The page says "No
// Kernel", and idle, before the session is there.
async function kernelReady(page) {
  const name = page.locator(".jp-NotebookPanel-toolbar .jp-Toolbar-kernelName", { hasNotText: "No Kernel" }).first();
  await name.waitFor({ timeout: 60_000 });
  await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status='idle']", { timeout: 60_000 });
  return (await name.innerText()).trim();
}

// runAll chooses Run > Run All Cells, again if the page was too busy to notice.
async function runAll(page) {
  for (let attempt = 0; ; attempt++) {
    await page.click("li.lm-MenuBar-item:has-text('Run')");
    await page.click("li.lm-Menu-item[data-command='runmenu:run-all']");
    try {
      await page.waitForFunction(() =>
        [...document.querySelectorAll(".jp-Notebook .jp-InputArea-prompt")].some((p) => /\[(\*|\d+)\]/.test(p.innerText)),
      null, { timeout: 10_000 });
      return;
    } catch (e) {
      if (attempt === 2) throw e;
    }
  }
}

// finished waits until every code cell that has code has run or one has failed.
async function finished(page) {
  await page.waitForFunction(() => {
    const cells = [...document.querySelectorAll(".jp-Notebook .jp-CodeCell")];
    const failed = document.querySelector(".jp-Notebook [data-mime-type='application/vnd.jupyter.error'], .jp-Notebook [data-mime-type='application/vnd.jupyter.stderr']");
    const prompts = cells.map((c) => c.querySelector(".jp-InputArea-prompt")?.innerText.trim() ?? "");
    return failed || (cells.length > 0 && prompts.every((p) => /^\[\d+\]:?$/.test(p)));
  }, null, { timeout: 60_000 });
}

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
    errors: [...document.querySelectorAll("[data-mime-type='application/vnd.jupyter.error']")].map((e) => e.innerText),
  };

  // marksOf counts a chart's marks. The chart is a canvas, so it is asked for
  // its own SVG, as a person does with "Save as SVG" in the chart's menu.
  async function marksOf(node) {
    const save = [...node.querySelectorAll(".vega-actions a")].find((a) => /SVG/.test(a.textContent));
    if (!save) return { marks: {} };
    save.dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
    for (let i = 0; i < 100 && !/^(data|blob):/.test(save.href); i++) await new Promise((r) => setTimeout(r, 50));
    const svg = new DOMParser().parseFromString(await (await fetch(save.href)).text(), "image/svg+xml");
    const marks = {};
    for (const g of svg.querySelectorAll("g.role-mark[class*='mark-']")) {
      const kind = [...g.classList].find((c) => c.startsWith("mark-")).slice("mark-".length);
      marks[kind] = (marks[kind] ?? 0) + g.querySelectorAll(":scope > path, :scope > rect, :scope > text").length;
    }
    return { marks };
  }
}

// wholeNotebook makes the window as tall as the notebook and keeps its picture.
async function wholeNotebook(page, path) {
  const height = await page.evaluate(() => {
    const cells = document.querySelectorAll(".jp-Notebook .jp-Cell");
    return cells[cells.length - 1].getBoundingClientRect().bottom - cells[0].getBoundingClientRect().top;
  });
  await page.setViewportSize({ width: 1200, height: Math.min(6000, Math.ceil(height) + 160) });
  await page.waitForTimeout(1000);
  await page.evaluate(() => document.querySelector(".jp-WindowedPanel-outer").scrollTo(0, 0));
  await page.waitForTimeout(500);
  await page.screenshot({ path });
}
