// Uses a notebook of live charts in JupyterLab as a person does: looks at them
// while cells run, interrupts, saves and opens again, restarts the kernel, and
// comes back to a cell that has gone on without the page.
//
// usage: node live.mjs ADDRESS FOLDER NOTEBOOK CHROMIUM PICTURES
//
// FOLDER is where the notebook is, PICTURES what the names of pictures begin
// with. JupyterLab must have its application in the page, and the notebook the
// cells of live.cells. The last line of output is JSON: what was seen, step by
// step.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawn, ended, helpers, interrupt, kernelReady, open, problemsOf, saveAndReopen, take, wholeNotebook, withPage } from "./jupyterlab.mjs";

const [address, folder, notebook, chromium, pictures] = process.argv.slice(2);

const steps = {
  // train tells the states that the page shows while the cell runs, of the chart
  // that Vega has drawn. The cell waits at epochs 20 and 40 until they are seen.
  async train(page) {
    await page.exposeFunction("saw", (epoch) => writeFileSync(join(folder, "saw-" + epoch), ""));
    const states = await page.evaluate(async () => {
      const done = sheaf.run("train"), states = [];
      let running = true;
      done.then(() => (running = false));
      while (running) {
        const out = sheaf.outputs("train");
        const text = out[0]?.plain;
        if (text && states.at(-1)?.text !== text) {
          states.push({ text, outputs: out.length, prompt: sheaf.prompt("train") });
          await window.saw(text.match(/\d+/)[0]);
        }
        await new Promise((r) => setTimeout(r, 10));
      }
      await done;
      return states;
    });
    await drawn(page);
    return { states, outputs: await outputs(page, "train"), canvases: await page.evaluate(() => sheaf.cell("train").node.querySelectorAll("canvas, svg.marks").length) };
  },

  two: (page) => ran(page, "two"),
  table: (page) => ran(page, "table"),

  // goroutine waits for what comes after the cell has ended.
  async goroutine(page) {
    const before = await ran(page, "goroutine");
    const other = await ran(page, "release");
    await page.waitForFunction(() => /volts 7/.test(sheaf.outputs("goroutine")[0]?.plain));
    return { before, other, after: await outputs(page, "goroutine") };
  },

  broken: (page) => ran(page, "broken"),

  // interrupt ends a training with the button of the toolbar.
  async interrupt(page) {
    await page.evaluate(() => void sheaf.run("endless"));
    await page.waitForFunction(() => /epoch ([5-9]|\d\d)/.test(sheaf.outputs("endless")[0]?.plain));
    await interrupt(page);
    await page.waitForFunction(() => sheaf.outputs("endless").length > 1 && sheaf.status() === "idle");
    await ran(page, "epochs");
    return { outputs: await outputs(page, "endless"), epochs: await outputs(page, "epochs") };
  },

  // saved closes the notebook and opens it again.
  async saved(page) {
    await drawn(page);
    const differ = await saveAndReopen(page, notebook);
    await wholeNotebook(page, pictures + ".png");
    return differ;
  },

  // restart keeps what is shown; a cell that runs again begins anew.
  async restart(page) {
    await page.evaluate(() => sheaf.kernel().restart());
    const kept = await outputs(page, "train");
    return { kept, again: await ran(page, "two") };
  },

  // reopened loads the page again while a cell runs. The cell waits at epoch 20;
  // its chart comes up to a tenth of a second later, since updates are spaced.
  async reopened(page) {
    await page.evaluate(() => void sheaf.run("long"));
    await page.waitForFunction(() => /epoch 20:/.test(sheaf.outputs("long")[0]?.plain));
    await page.evaluate(() => sheaf.save());
    await open(page, address, notebook);
    await page.waitForFunction(() => window.jupyterapp?.shell.currentWidget?.context?.isReady);
    await page.evaluate(helpers);
    await page.waitForFunction(() => sheaf.status() === "busy");
    await drawn(page);
    const running = await outputs(page, "long");
    writeFileSync(join(folder, "goon"), "");
    await page.waitForFunction(() => sheaf.status() === "idle");
    return { running, look: await ran(page, "look") };
  },
};

// outputs is the text and the form of what stands below a cell.
function outputs(page, name) {
  return page.evaluate((name) => sheaf.outputs(name).map(({ mime, plain, text }) => ({ mime, plain, text })), name);
}

async function ran(page, name) {
  await page.evaluate((name) => sheaf.run(name), name);
  await ended(page, name);
  return outputs(page, name);
}

await withPage(chromium, pictures + "-failed.png", async (page) => {
  const problems = problemsOf(page);
  await open(page, address, notebook);
  await kernelReady(page);
  await page.evaluate(helpers);
  const seen = await take(steps, page, 180_000);
  console.log(JSON.stringify({ ...seen, problems }));
});
