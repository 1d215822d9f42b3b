// Uses a notebook of displays in JupyterLab as a person does: runs its cells,
// answers their questions, completes, asks for help, interrupts, and talks to
// the kernel through comms.
//
// usage: node displays.mjs ADDRESS NOTEBOOK OTHER STRANGER CHROMIUM PICTURES
//
// OTHER is a second notebook, STRANGER one whose outputs come from elsewhere;
// PICTURES is what the names of pictures begin with. JupyterLab must have its
// application in the page. The last line of output is JSON: what was seen, step
// by step.
import { drawn, ended, helpers, interrupt, kernelReady, open, problemsOf, saveAndReopen, setTheme, take, wholeNotebook, withPage } from "./jupyterlab.mjs";

const [address, notebook, other, stranger, chromium, pictures] = process.argv.slice(2);

const steps = {
  // displays runs the cells up to the first question.
  async displays(page) {
    const names = await page.evaluate(() => sheaf.names());
    const plain = names.slice(0, names.indexOf("input"));
    await page.evaluate(async (names) => {
      for (const n of names) await sheaf.run(n);
    }, plain);
    await drawn(page);
    return page.evaluate((names) => Object.fromEntries(names.map((n) => [n, sheaf.outputs(n)])), plain);
  },

  // pictures keeps what the page looks like in both themes.
  async pictures(page) {
    const size = page.viewportSize();
    const colours = {};
    for (const [name, theme] of [["dark", "JupyterLab Dark"], ["light", "JupyterLab Light"]]) {
      await setTheme(page, theme);
      await wholeNotebook(page, `${pictures}-${name}.png`);
      colours[name] = await page.evaluate(contrasts);
    }
    await page.setViewportSize(size);
    return colours;
  },

  input: (page) => answer(page, "input", "Ada <b>"),
  password: (page) => answer(page, "password", "sesame"),

  // interrupt stops a loop with the button of the toolbar.
  async interrupt(page) {
    await page.evaluate(() => void sheaf.run("loop"));
    await page.waitForFunction(() => sheaf.prompt("loop") === "[*]:" && sheaf.status() === "busy");
    await interrupt(page);
    await page.waitForFunction(() => sheaf.outputs("loop").length > 0 && sheaf.status() === "idle");
    return page.evaluate(() => sheaf.outputs("loop"));
  },

  // completion types in the last cell, asks with Tab, and takes an item.
  async completion(page) {
    await type(page, "strings.Rep");
    await page.keyboard.press("Tab");
    await page.waitForSelector(".jp-Completer .jp-Completer-item");
    const items = await page.$$eval(".jp-Completer .jp-Completer-item", (list) => list.map((n) => ({
      text: n.querySelector(".jp-Completer-match").innerText,
      type: n.querySelector(".jp-Completer-typeExtended")?.innerText ?? "",
    })));
    await page.screenshot({ path: pictures + "-completion.png" });
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".jp-Completer", { state: "hidden" });
    return { items, taken: await page.evaluate(() => sheaf.source("type")) };
  },

  // tooltip asks for help with Shift+Tab.
  async tooltip(page) {
    await type(page, "strings.Repeat(");
    await page.keyboard.press("Shift+Tab");
    await page.waitForSelector(".jp-Tooltip .jp-RenderedMarkdown pre");
    await page.screenshot({ path: pictures + "-tooltip.png" });
    const help = await page.$eval(".jp-Tooltip", (n) => ({
      code: n.querySelector("pre").innerText.trim(), coloured: !!n.querySelector("pre span"), text: n.innerText,
    }));
    await page.keyboard.press("Escape");
    return help;
  },

  // comms opens channels from the page, and answers one that a cell opens.
  async comms(page) {
    await page.evaluate(() => sheaf.run("echo"));
    const fromPage = await page.evaluate(async () => {
      const comm = sheaf.kernel().createComm("echo"), got = [];
      comm.onMsg = (m) => sheaf.keep(got, m);
      comm.open({ hello: "page" });
      await sheaf.until(() => got.length === 1);
      comm.send([1, 2, 3], {}, [new Uint8Array([1, 2, 250]).buffer, new Uint8Array([7]).buffer]);
      await sheaf.until(() => got.length === 2);
      const ended = new Promise((closed) => (comm.onClose = (m) => closed(m.content.data)));
      comm.send("no list");
      return { got, closed: await ended };
    });
    const unknown = await page.evaluate(async () => {
      const comm = sheaf.kernel().createComm("nobody-has-this");
      const ended = new Promise((closed) => (comm.onClose = (m) => closed(m.header.msg_type)));
      comm.open();
      return ended;
    });
    const fromCell = await page.evaluate(async () => {
      const got = [];
      sheaf.kernel().registerCommTarget("page", (comm, opened) => {
        sheaf.keep(got, opened);
        comm.onMsg = (m) => {
          sheaf.keep(got, m);
          comm.send({ answer: 42 }, {}, [new Uint8Array([9, 8]).buffer]);
        };
        comm.onClose = (m) => sheaf.keep(got, m);
      });
      await sheaf.run("open");
      await sheaf.until(() => got.length === 3);
      return { got, outputs: sheaf.outputs("open") };
    });
    return { fromPage, unknown, fromCell };
  },

  // second uses another notebook, with a kernel of its own, while this one's
  // kernel is busy.
  async second(page) {
    await page.evaluate(() => void sheaf.run("loop"));
    await page.waitForFunction(() => sheaf.status() === "busy");
    await page.evaluate((path) => sheaf.show(path), other);
    await page.waitForFunction((path) => sheaf.open(path)?.sessionContext.session?.kernel?.status === "idle", other);
    const outputs = await page.evaluate(async (path) => {
      await sheaf.run("first", path);
      return sheaf.outputs("first", path);
    }, other);
    const ids = await page.evaluate((path) => [sheaf.kernel().id, sheaf.kernel(path).id], other);
    await page.evaluate(async () => {
      await sheaf.show();
      await sheaf.kernel().interrupt();
    });
    await page.waitForFunction(() => sheaf.status() === "idle");
    return { outputs, kernels: new Set(ids).size };
  },

  // saved closes and opens the notebook: its outputs are what they were.
  saved: (page) => saveAndReopen(page, notebook),

  // distrust opens a notebook that was run elsewhere and tells what of its
  // outputs is shown.
  async distrust(page) {
    await page.evaluate((path) => sheaf.show(path), stranger);
    await page.waitForFunction((path) => sheaf.open(path)?.content.widgets.some((w) => w.node.querySelector(".jp-OutputArea-output")), stranger);
    await drawn(page);
    const seen = await page.evaluate((path) => {
      const cell = (selector) => sheaf.open(path).node.querySelector(selector);
      return {
        table: sheaf.outputs("table", path), chart: sheaf.outputs("chart", path), script: sheaf.outputs("script", path),
        text: cell("tbody td").style.textAlign, number: getComputedStyle(cell("tbody td.r")).textAlign, ran: window.ranByStranger ?? false,
      };
    }, stranger);
    await page.screenshot({ path: pictures + "-distrusted.png" });
    await page.evaluate(() => sheaf.show());
    return seen;
  },

  // restart takes the variables away.
  async restart(page) {
    await page.evaluate(async () => {
      await sheaf.kernel().restart();
      await sheaf.run("structs"); // until then JupyterLab knows no status, whatever the kernel
    });
    return page.evaluate(() => sheaf.outputs("structs"));
  },
};

// answer runs a cell that asks, and types the answer.
async function answer(page, name, text) {
  await page.evaluate((name) => void sheaf.run(name), name);
  const box = await page.waitForFunction((name) => sheaf.cell(name).node.querySelector(".jp-Stdin-input"), name);
  const asked = await box.evaluate((n) => ({
    prompt: n.closest(".jp-Stdin").querySelector(".jp-Stdin-prompt").innerText, hidden: n.type === "password",
  }));
  await box.fill(text);
  await box.press("Enter");
  await ended(page, name);
  return { ...asked, outputs: await page.evaluate((name) => sheaf.outputs(name), name) };
}

// type puts text into the last cell, as by hand.
async function type(page, text) {
  await page.evaluate(() => sheaf.edit("type"));
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}

// contrasts tells, of what Sheaf colours itself, how its text stands out from
// its ground: 1 is not at all, 21 is black on white.
function contrasts() {
  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (n) => (n ? over(numbers(getComputedStyle(n).backgroundColor), ground(n.parentElement)) : [255, 255, 255]);
  const of = (n) => {
    let below = ground(n), colour = numbers(getComputedStyle(n).color);
    const opacity = Number(getComputedStyle(n).opacity);
    colour = over([...colour.slice(0, 3), (colour[3] ?? 1) * opacity], below);
    const [a, b] = [light(colour), light(below)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const least = (selector) => Math.min(...[...document.querySelectorAll(".jp-Notebook " + selector)].map(of));
  return {
    caption: least(".sheaf-table caption"), head: least(".sheaf-table th"), type: least(".sheaf-table tr.t td"),
    cell: least(".sheaf-table tbody td:not(.n)"), nil: least(".sheaf-table td.n"),
    traceback: least("[data-mime-type='application/vnd.jupyter.stderr'] span"),
  };
}

await withPage(chromium, pictures + "-failed.png", async (page) => {
  const problems = problemsOf(page);
  await open(page, address, notebook);
  await kernelReady(page);
  await page.evaluate(helpers);
  const seen = await take(steps, page, 180_000);
  console.log(JSON.stringify({ ...seen, problems }));
});
