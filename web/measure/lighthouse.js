/* Lighthouse's scores for pages on a phone, a line of JSON for each: node lighthouse.js CHROMIUM ADDRESS ...
   Each is the middle one of three runs, since what else a machine does is never the same. */

import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import { computeMedianRun } from "lighthouse/core/lib/median-run.js";

const [chromePath, ...addresses] = process.argv.slice(2);
const quiet = ["headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-sync",
  "disable-background-networking", "disable-component-update"];
const chromium = await launch({ chromePath, chromeFlags: quiet.map(flag => `--${flag}`) });
const onlyCategories = ["performance", "accessibility", "best-practices", "seo"];
try {
  for (const address of addresses) {
    const runs = [];
    for (let run = 0; run < 3; run++) {
      const { lhr } = await lighthouse(address, { port: chromium.port, logLevel: "silent", onlyCategories });
      runs.push(lhr);
    }
    const lhr = computeMedianRun(runs);
    const scores = onlyCategories.map(name => Math.round(100 * lhr.categories[name].score));
    const failed = onlyCategories.flatMap(name => lhr.categories[name].auditRefs)
      .filter(({ id, weight }) => weight && lhr.audits[id].score !== null && lhr.audits[id].score < 0.9)
      .map(({ id }) => lhr.audits[id].displayValue ? `${id} ${lhr.audits[id].displayValue}` : id);
    console.log(JSON.stringify({ scores, failed }));
  }
} finally {
  chromium.kill();
}
