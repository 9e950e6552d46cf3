// The browser's Python, in a thread of its own: it starts on the first message, runs cells one after the other,
// and can be ended at any moment without harm to the page. session.py does the Python part.
import { loadPyodide } from "./lite/static/pyodide/pyodide.mjs";

const HERE = new URL("./", import.meta.url).href;
const CURRENT = ["pyodide-lock.json", "kltools-", "course.zip", "session.py"]; // these change without changing name

// Files that are named by their version come from the browser's own store after the first visit.
const download = self.fetch.bind(self);
let loaded = 0;
self.fetch = async (request, options) => {
  const url = typeof request === "string" ? request : request.url ?? String(request);
  const kept = !CURRENT.some(name => url.includes(name)) && self.caches ? await caches.open("pyodide") : null;
  const known = await kept?.match(url);
  if (known) return known;
  const answer = await download(request, options);
  if (!answer.ok) return answer;
  if (kept) await kept.put(url, answer.clone());
  const reader = answer.clone().body.getReader();
  (async () => {
    for (let part; !(part = await reader.read()).done;) {
      loaded += part.value.length;
      postMessage({ loaded });
    }
  })();
  return answer;
};

async function start() {
  const pyodide = await loadPyodide({
    indexURL: `${HERE}lite/static/pyodide/`,
    packages: ["numpy", "kltools"], // which every chapter needs: they are fetched while Python starts
    env: { MPLBACKEND: "agg", HOME: "/home/pyodide" },
  });
  const [course, session] = await Promise.all(["course.zip", "session.py"].map(name => self.fetch(HERE + name)));
  pyodide.unpackArchive(await course.arrayBuffer(), "zip", { extractDir: "/home/pyodide/course" });
  pyodide.FS.writeFile("/home/pyodide/course/session.py", await session.text());
  // A chapter's kernel works in the folder of the chapters, and sees the repository around it.
  pyodide.runPython("import os, sys; sys.path.append('/home/pyodide/course'); os.chdir('/home/pyodide/course/chapters')");
  const { Session, with_html } = pyodide.pyimport("session");
  return { pyodide, withHtml: with_html, session: Session() };
}

// Do some work, and load the packages that it turns out to miss, as imports inside of packages do.
async function withPackages({ pyodide }, source, work) {
  const load = code => pyodide.loadPackagesFromImports(code, { messageCallback() {}, errorCallback() {} });
  await load(source);
  for (let last; ;) {
    try {
      return work();
    } catch (error) {
      const missing = /ModuleNotFoundError: No module named '(\w+)/.exec(error.message)?.[1];
      if (!missing) throw error;
      if (missing === last) return [{ missing }];
      await load(`import ${last = missing}`);
    }
  }
}

const plain = value => value.toJs({ dict_converter: Object.fromEntries });

async function run({ index, sources }) {
  const python = await started;
  const { pyodide, session } = python;
  const given = new Map(Object.entries(sources).map(([cell, source]) => [Number(cell), source]));
  const { above, source } = plain(session.plan(index, pyodide.toPy(given)));
  postMessage({ above, running: index });
  const failed = await withPackages(python, source, () => plain(session.prepare()));
  if (failed.length) return { above, outputs: failed };
  const outputs = await withPackages(python, sources[index], () => plain(session.run(index, sources[index])));
  if (!outputs.some(output => output.data?.["text/markdown"])) return { above, outputs };
  const shown = await withPackages(python, "", () => plain(python.withHtml(pyodide.toPy(outputs))));
  return { above, outputs: shown };
}

async function answer({ id, ...asked }) {
  try {
    postMessage({ id, ...(await run(asked)) });
  } catch (error) {
    postMessage({ id, above: [], outputs: [{ error: String(error.message ?? error), line: null }] });
  }
}

// One after the other: what a cell needs depends on what those before it have made.
let started, last = Promise.resolve();
self.onmessage = ({ data }) => {
  started ??= start();
  last = last.then(() => answer(data));
};
