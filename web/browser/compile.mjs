// Compile the modules in zip files with the Python that will run them: node compile.mjs PYODIDE JOBS, where JOBS
// is a list of [from, to, optimize] in JSON. Else a browser would compile whatever it imports, on every visit.
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, jobs] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const lockFileContents = fs.readFileSync(new URL("pyodide-lock.json", import.meta.url), "utf-8");
const python = await loadPyodide({ indexURL: `${folder}/`, lockFileContents });
python.runPython(`
import importlib.util, zipfile
from importlib._bootstrap_external import _code_to_hash_pyc

FIRST = (1980, 1, 1, 0, 0, 0)  # the same bytes each time

def compiled(source, name, optimize):
    code = compile(source, name, "exec", dont_inherit=True, optimize=optimize)
    return _code_to_hash_pyc(code, importlib.util.source_hash(source), checked=False)

def compile_zip(old, new, optimize):
    with zipfile.ZipFile(old) as files, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for name in files.namelist():
            content = files.read(name)
            if name.endswith(".py") and "/tests/" not in name:
                try:
                    name, content = name + "c", compiled(content, name, optimize)
                except SyntaxError:  # a template, or what only older versions read
                    pass
            made.writestr(zipfile.ZipInfo(name, FIRST), content, zipfile.ZIP_DEFLATED)
`);
const compileZip = python.globals.get("compile_zip");
for (const [from, to, optimize] of JSON.parse(jobs)) {
  python.FS.writeFile("/old.zip", fs.readFileSync(from));
  compileZip("/old.zip", "/new.zip", optimize);
  fs.writeFileSync(`${to}.part`, python.FS.readFile("/new.zip"));
  fs.renameSync(`${to}.part`, to); // whole, or not at all
}
