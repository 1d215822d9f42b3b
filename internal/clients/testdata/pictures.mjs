// Runs the cells of a notebook in JupyterLab and keeps a picture of some.
//
// usage: node pictures.mjs ADDRESS NOTEBOOK CHROMIUM FOLDER
//
// A cell whose id ends in ".png" is kept in FOLDER under that name, and in the
// dark theme if it ends in "-dark.png". The last line of output is JSON: the
// names of the pictures.
import path from "node:path";
import { drawn, kernelReady, open, setTheme, withPage } from "./jupyterlab.mjs";

const [address, notebook, chromium, folder] = process.argv.slice(2);

await withPage(chromium, path.join(folder, "failed.png"), async (page) => {
  await open(page, address, notebook);
  await kernelReady(page);
  await page.evaluate(() => jupyterapp.shell.collapseLeft());
  await page.setViewportSize({ width: 1000, height: 2000 });
  const names = await page.evaluate(() => jupyterapp.shell.currentWidget.content.widgets.map((w) => w.model.id));
  const kept = [];
  for (const [i, name] of names.entries()) {
    await setTheme(page, name.endsWith("-dark.png") ? "JupyterLab Dark" : "JupyterLab Light");
    await page.evaluate(async (i) => {
      const nb = jupyterapp.shell.currentWidget.content;
      nb.activeCellIndex = i;
      await jupyterapp.commands.execute("notebook:run-cell");
      nb.activeCellIndex = i > 0 ? 0 : 1; // the active cell has marks
      document.activeElement.blur();
    }, i);
    await drawn(page);
    if (!name.endsWith(".png")) continue;
    const cell = page.locator(".jp-Notebook .jp-CodeCell").nth(i);
    await cell.screenshot({ path: path.join(folder, name) });
    kept.push(name);
  }
  console.log(JSON.stringify(kept));
});
