// What scripts do with JupyterLab in a browser. playwright-core is found
// through NODE_PATH.
import { createRequire } from "node:module";

const { chromium } = createRequire(import.meta.url)("playwright-core");

// withPage calls use with an empty page, and closes the browser after it. When
// use fails, picture shows what the page looked like then.
export async function withPage(executablePath, picture, use) {
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
  const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
  page.setDefaultTimeout(120_000); // what does not come at all fails, what is slow does not
  try {
    await use(page);
  } catch (e) {
    await page.screenshot({ path: picture });
    throw e;
  } finally {
    await browser.close();
  }
}

// open opens a notebook at the address of JupyterLab, which has its token, and
// waits for its cells.
export async function open(page, address, notebook) {
  const url = new URL(address);
  url.pathname = url.pathname.replace(/\/lab.*$/, "/lab/tree/" + encodeURIComponent(notebook));
  url.searchParams.set("reset", ""); // open nothing else that was open before
  await page.goto(url.href);
  await page.waitForSelector(".jp-Notebook .jp-CodeCell");
}

// kernelReady waits for an idle kernel and returns its name. The page says "No
// Kernel", and idle, before the session is there.
export async function kernelReady(page) {
  const name = page.locator(".jp-NotebookPanel-toolbar .jp-Toolbar-kernelName", { hasNotText: "No Kernel" }).first();
  await name.waitFor();
  await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status='idle']");
  return (await name.innerText()).trim();
}

// runAll chooses Run > Run All Cells, again if the page was too busy to notice.
export async function runAll(page) {
  for (let attempt = 0; ; attempt++) {
    await page.click("li.lm-MenuBar-item:has-text('Run')");
    await page.click("li.lm-Menu-item[data-command='runmenu:run-all']");
    try {
      await page.waitForFunction(() =>
        [...document.querySelectorAll(".jp-Notebook .jp-InputArea-prompt")].some((p) => /\[(\*|\d+)\]/.test(p.innerText)),
      null, { timeout: 30_000 });
      return;
    } catch (e) {
      if (attempt === 2) throw e;
    }
  }
}

// finished waits until every code cell that has code has run or one has failed.
export async function finished(page) {
  await page.waitForFunction(() => {
    const cells = [...document.querySelectorAll(".jp-Notebook .jp-CodeCell")];
    const failed = document.querySelector(".jp-Notebook [data-mime-type='application/vnd.jupyter.error'], .jp-Notebook [data-mime-type='application/vnd.jupyter.stderr']");
    const prompts = cells.map((c) => c.querySelector(".jp-InputArea-prompt")?.innerText.trim() ?? "");
    return failed || (cells.length > 0 && prompts.every((p) => /^\[\d+\]:?$/.test(p)));
  }, null, { timeout: 300_000 });
}

// setTheme gives the page another look.
export async function setTheme(page, theme) {
  await page.evaluate(async (theme) => {
    if (document.body.dataset.jpThemeName !== theme) await jupyterapp.commands.execute("apputils:change-theme", { theme });
  }, theme);
  await page.waitForFunction((theme) => document.body.dataset.jpThemeName === theme, theme);
}

// problemsOf lists the errors that the page's own code will throw.
export function problemsOf(page) {
  const problems = [];
  page.on("pageerror", (e) => problems.push(String(e)));
  return problems;
}

// drawn waits until every output has its place in the page, charts, formulas and
// pictures are there, and nothing moves any more.
export async function drawn(page) {
  await page.waitForFunction(() => {
    const placed = (cell) => cell.node.querySelectorAll(".jp-OutputArea-output").length >= (cell.model.outputs?.length ?? 0);
    const all = (selector) => [...document.querySelectorAll(".jp-Notebook " + selector)];
    return jupyterapp.shell.currentWidget.content.widgets.every(placed) &&
      all(".jp-RenderedVegaCommon5").every((n) => n.querySelector("canvas, svg.marks")) &&
      all(".jp-RenderedLatex").every((n) => n.querySelector("mjx-container")) &&
      all(".jp-OutputArea-output img").every((n) => n.complete);
  });
  await page.evaluate(async () => {
    const height = () => document.querySelector(".jp-Notebook .jp-WindowedPanel-viewport, .jp-Notebook").scrollHeight;
    for (let same = 0, last = height(); same < 10; last = height()) {
      await new Promise(requestAnimationFrame);
      same = height() === last ? same + 1 : 0;
    }
  });
}

// wholeNotebook makes the window as tall as the notebook and keeps its picture.
export async function wholeNotebook(page, path) {
  const height = await page.evaluate(() => {
    const cells = document.querySelectorAll(".jp-Notebook .jp-Cell");
    return cells[cells.length - 1].getBoundingClientRect().bottom - cells[0].getBoundingClientRect().top;
  });
  await page.setViewportSize({ width: 1200, height: Math.min(6000, Math.ceil(height) + 160) });
  await drawn(page);
  await page.evaluate(() => document.querySelector(".jp-WindowedPanel-outer").scrollTo(0, 0));
  await drawn(page);
  await page.screenshot({ path });
}

// within is what a promise comes to, or an error after so many milliseconds.
async function within(ms, promise) {
  let timer;
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error(`not done within ${ms} ms`)), ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

// take takes the steps one after the other, each within so many milliseconds. It
// tells how long each took, and returns what each has seen.
export async function take(steps, page, ms) {
  const seen = {};
  for (const [name, step] of Object.entries(steps)) {
    const from = Date.now();
    try {
      seen[name] = await within(ms, step(page));
    } catch (e) {
      throw new Error(`step ${name}: ${e.message}`, { cause: e });
    }
    console.log(`${name}: ${Date.now() - from} ms`);
  }
  return seen;
}

// interrupt ends what the kernel does with the button of the toolbar.
export async function interrupt(page) {
  const button = ".jp-NotebookPanel-toolbar [data-jp-item-name='interrupt']";
  await page.click(`${button} button, ${button} jp-button`);
}

// ended waits until a cell has run. It needs the helpers in the page.
export async function ended(page, name) {
  await page.waitForFunction((name) => /^\[\d+\]:$/.test(sheaf.prompt(name)) && sheaf.status() === "idle", name);
}

// saveAndReopen saves the notebook, closes it and opens it again. It returns the
// cells whose outputs differ, with what they were. It needs the helpers in the
// page.
export async function saveAndReopen(page, notebook) {
  await page.evaluate(() => sheaf.save());
  const before = await page.evaluate(() => sheaf.all());
  await page.evaluate(() => void sheaf.open().close());
  await page.waitForFunction(() => !sheaf.open());
  await page.evaluate((path) => sheaf.show(path), notebook);
  await page.waitForFunction((n) => sheaf.open()?.content.widgets.length === n && sheaf.status() === "idle", Object.keys(before).length);
  await drawn(page);
  const after = await page.evaluate(() => sheaf.all());
  return Object.keys(before).filter((n) => JSON.stringify(after[n]) !== JSON.stringify(before[n]))
    .map((n) => ({ cell: n, before: before[n], after: after[n] }));
}

// helpers runs in the page: it leaves there what scripts need.
export function helpers() {
  const main = jupyterapp.shell.currentWidget.context.path;
  const open = (path = main) => [...jupyterapp.shell.widgets("main")].find((w) => w.context?.path === path);
  const cell = (name, path) => open(path).content.widgets.find((w) => w.model.id === name);
  const edit = async (name, path) => {
    const nb = open(path).content;
    nb.activeCellIndex = nb.widgets.indexOf(cell(name, path));
    nb.mode = "edit";
    cell(name, path).editor.focus();
  };
  const names = () => open().content.widgets.map((w) => w.model.id);

  // outputs is what stands below a cell: in the page, and in the notebook.
  const outputs = (name, path) => {
    const { node, model } = cell(name, path);
    const shown = [...node.querySelectorAll(".jp-OutputArea-output")].filter((n) => !n.querySelector(".jp-Stdin-input"));
    return shown.map((n, i) => {
      const img = n.querySelector("img"), data = model.outputs.get(i)?.toJSON().data;
      return {
        mime: n.dataset.mimeType ?? "", classes: n.className,
        text: n.innerText, html: n.innerHTML.slice(0, 20_000),
        size: img ? [img.naturalWidth, img.naturalHeight] : null,
        scrolls: n.scrollWidth > n.clientWidth && /auto|scroll/.test(getComputedStyle(n).overflowX),
        plain: data ? [data["text/plain"] ?? ""].flat().join("") : null,
        stream: model.outputs.get(i)?.toJSON().name ?? "",
      };
    });
  };
  window.sheaf = {
    open, cell, edit, names, outputs,
    kernel: (path) => open(path).sessionContext.session.kernel,
    status: (path) => open(path).sessionContext.session?.kernel?.status,
    prompt: (name, path) => cell(name, path).node.querySelector(".jp-InputPrompt").innerText.trim(),
    source: (name, path) => cell(name, path).model.sharedModel.source,
    all: () => Object.fromEntries(names().map((n) => [n, outputs(n).map(({ mime, text, size, plain }) => ({ mime, text, size, plain }))])),
    save: (path) => open(path).context.save(),
    async show(path = main) {
      await jupyterapp.commands.execute("docmanager:open", { path });
    },
    async run(name, path) {
      const nb = open(path).content;
      nb.activeCellIndex = nb.widgets.indexOf(cell(name, path));
      nb.deselectAll();
      await jupyterapp.commands.execute("notebook:run-cell");
    },
    async until(f) {
      while (!f()) await new Promise((r) => setTimeout(r, 5));
    },
    keep(got, m) {
      got.push({ type: m.header.msg_type, data: m.content.data, buffers: (m.buffers ?? []).map((b) => [...new Uint8Array(b.buffer ?? b)]) });
    },
  };
}
