"""What a page of the site has to satisfy in a browser, each with a page that does not.

A check is JavaScript that returns the faults it finds, in words. It looks at the article alone where
the rest of the page is the theme's, and leaves the page as it was. One call runs them all.
"""

CHECKS = {
    "images are described in words": """
        [...document.images]
          .filter(image => !image.alt.includes(" "))
          .filter(image => image.alt || !image.closest("a")?.textContent.trim())  // a logo beside its name
          .map(image => image.outerHTML.slice(0, 200))
    """,
    "headings descend one level at a time from one h1": """
        [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
          .filter(heading => heading.checkVisibility())
          .filter((heading, place, all) => {
            const level = Number(heading.localName[1]);
            return place ? level < 2 || level > Number(all[place - 1].localName[1]) + 1 : level != 1;
          })
          .map(heading => heading.outerHTML.slice(0, 200))
    """,
    "the page does not scroll sideways": """
        document.documentElement.scrollWidth > innerWidth
          ? [`${document.documentElement.scrollWidth} px of page in ${innerWidth} px`] : []
    """,
    "wide mathematics scrolls in its own box, from its left end": """
        [...document.querySelectorAll("div.math")]
          .filter(box => box.scrollWidth > box.clientWidth + 1)
          .filter(box => !["auto", "scroll"].includes(getComputedStyle(box).overflowX)
            || [...box.querySelectorAll(".katex-html, .base")].some(
              part => part.getBoundingClientRect().left < box.getBoundingClientRect().left - 1))
          .map(box => box.querySelector("annotation")?.textContent ?? box.innerHTML.slice(0, 200))
    """,
    "mathematics is rendered, in the fonts of KaTeX": """
        [...document.querySelectorAll(".math")]
          .filter(math => !math.querySelector(".katex .katex-html") || math.querySelector(".katex-error"))
          .map(math => math.outerHTML.slice(0, 200))
          .concat(document.querySelector(".katex")
            && ![...document.fonts].some(font => font.family.startsWith("KaTeX") && font.status == "loaded")
            ? ["no font of KaTeX is loaded"] : [])
    """,
    "no comment of the authors is left": """
        [...document.querySelectorAll("article *")]
          .flatMap(element => [...element.childNodes])
          .filter(node => node.nodeType == Node.COMMENT_NODE)
          .map(node => node.data)
    """,
    "hints and solutions are folded": """
        [...document.querySelectorAll("article details[open]")].map(details => details.innerText)
    """,
    "an exercise stands between its heading and its folded solution": """
        [...document.querySelectorAll(".exercise")]
          .filter(exercise => exercise.previousElementSibling?.localName != "h3"
            || !exercise.nextElementSibling?.matches("details.solution:has(> summary)"))
          .map(exercise => exercise.innerText.slice(0, 200))
    """,
    # A click lands on what is uppermost at its point; a key does what no listener prevents.
    # One kind of step after the other: in turns, each would lay out the whole page again.
    "folded parts open by click and by keyboard": """
        (() => {
          const parts = [...document.querySelectorAll("article details")];
          const were = parts.map(part => part.open);
          const from = {left: scrollX, top: scrollY, behavior: "instant"};
          parts.forEach(part => part.open ||= part.querySelector("details") != null);
          const summaries = parts.map(part => part.querySelector(":scope > summary"));
          const uppermost = summaries.map(summary => {
            summary?.scrollIntoView({block: "center", behavior: "instant"});
            const {left, top, width, height} = summary?.getClientRects()[0] ?? new DOMRect(-1, -1);
            const found = document.elementFromPoint(left + width / 2, top + height / 2);
            return summary?.contains(found) ? found : null;
          });
          const toggle = parts.map((part, place) => {
            const states = [part.open];
            for (const click of [1, 2]) { uppermost[place]?.click(); states.push(part.open); }
            return states[0] != states[1] && states[0] == states[2];
          });
          const press = key => new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true});
          const listen = summaries.map(summary => {
            summary?.focus({preventScroll: true});
            return summary && document.activeElement == summary && summary.tabIndex == 0
              && ["Enter", " "].every(key => summary.dispatchEvent(press(key)));
          });
          parts.forEach((part, place) => part.open = were[place]);
          scrollTo(from);
          return parts.filter((part, place) => !toggle[place] || !listen[place])
            .map(part => part.textContent.trim().slice(0, 200));
        })()
    """,
    "what scrolls can be scrolled by keyboard": """
        [...document.querySelectorAll("article :is(pre, div, table)")]
          .filter(box => box.scrollWidth > box.clientWidth + 1
            && ["auto", "scroll"].includes(getComputedStyle(box).overflowX) && box.checkVisibility())
          .filter(box => ![box, ...box.querySelectorAll("a[href], button, input, [tabindex]")]
            .some(part => part.tabIndex >= 0))
          .map(box => box.outerHTML.slice(0, 200))
    """,
    "the keyboard goes through the page in its own order": """
        [...document.querySelectorAll("[tabindex]")]
          .filter(element => element.tabIndex > 0)
          .map(element => element.outerHTML.slice(0, 200))
    """,
    "dialogs have names": """
        [...document.querySelectorAll("dialog")]
          .filter(dialog => !dialog.ariaLabel && !dialog.hasAttribute("aria-labelledby"))
          .map(dialog => dialog.outerHTML.slice(0, 200))
    """,
    "the heads of a table's columns say that they are": """
        [...document.querySelectorAll("article table:has(td)")]
          .filter(table => table.checkVisibility() && !table.matches("[role=presentation]")
            && !table.querySelector("th[scope=col]")
            && [...table.rows].some(row => !row.querySelector("th[scope=row]")))
          .map(table => table.outerHTML.slice(0, 200))
    """,
    "the sections of a chapter are as many as the line under its title says": """
        [...document.querySelectorAll(".chapter-place")]
          .filter(place => !place.previousElementSibling?.matches("h1")
            || place.style.getPropertyValue("--sections") != document.querySelectorAll("article h2").length
            || !place.textContent.includes(`${document.querySelectorAll("article h2").length} section`))
          .map(place => place.textContent)
    """,
}

ALL = f"""(() => {{
  const checks = {{{", ".join(f"{name!r}: () => {source.strip()}" for name, source in CHECKS.items())}}};
  return Object.entries(checks).flatMap(([name, check]) => check().map(fault => `${{name}}: ${{fault}}`));
}})()"""

BROKEN = {
    "images are described in words": '<img alt="_images/bars.svg">',
    "headings descend one level at a time from one h1": "<h1>KL divergence</h1><h3>By hand</h3>",
    "the page does not scroll sideways": '<p style="width: 3000px">wide</p>',
    "wide mathematics scrolls in its own box, from its left end": """
        <div class="math" style="overflow-x: auto; width: 300px; display: flex; justify-content: center">
          <span class="katex-html" style="flex: none; width: 900px">H(P)</span></div>
    """,
    "mathematics is rendered, in the fonts of KaTeX": '<span class="math">$H(P)$</span>',
    "no comment of the authors is left": "<article><p>0.0305<!-- kl_divergence(P, Q1) --></p></article>",
    "hints and solutions are folded": "<article><details open><summary>Hint</summary></details></article>",
    "an exercise stands between its heading and its folded solution": """
        <h3>Exercise 1. Swap</h3><div class="exercise">Swap.</div><p>The solution.</p>
    """,
    "folded parts open by click and by keyboard": """
        <article><details><summary onkeydown="event.preventDefault()">Hint</summary></details></article>
    """,
    "what scrolls can be scrolled by keyboard": """
        <article><div style="overflow-x: auto; width: 90px"><p style="width: 900px">H(P)</p></div></article>
    """,
    "the keyboard goes through the page in its own order": '<a href="#next" tabindex="2">next</a>',
    "dialogs have names": "<dialog>Search</dialog>",
    "the heads of a table's columns say that they are": """
        <article><table><tr><th>P</th></tr><tr><td>0.2</td></tr></table></article>
    """,
    "the sections of a chapter are as many as the line under its title says": """
        <article><h1>KL</h1><p class="chapter-place" style="--sections: 2">2 sections</p>
          <h2>By hand</h2></article>
    """,
}

# More ways in which a part that looks folded cannot be opened.
STUCK = [
    '<article><details><summary onclick="event.preventDefault()">Hint</summary></details></article>',
    '<article><details><summary tabindex="-1">Hint</summary></details></article>',
    '<article><details><summary style="display: none">Hint</summary></details></article>',
    "<article><details><p>No summary of its own.</p></details></article>",
    """<article><details><summary>Hint</summary></details></article>
       <div style="position: fixed; inset: 0"></div>""",
]

# A page whose sections wait for nobody to come near: what is checked is all of it.
LAID_OUT = "section { content-visibility: visible !important }"

# How far the parts of a page have moved by themselves since all of it had arrived. Before that, a machine
# that is busy paints it in pieces, cut where the clock will have it.
OBSERVE_SHIFTS = """
    const shifts = [];
    new PerformanceObserver(list => shifts.push(...list.getEntries().filter(entry => !entry.hadRecentInput)))
      .observe({type: "layout-shift", buffered: true});
    Object.defineProperty(globalThis, "shifted", {get: () => {
      const [{domInteractive}] = performance.getEntriesByType("navigation");
      return shifts.reduce((sum, {startTime, value}) => sum + (startTime < domInteractive ? 0 : value), 0);
    }});
"""
MOST_SHIFTED = 0.02
SHIFTING = (
    "<p style='height: 300px'>A page</p>"
    "<script>addEventListener('load', () => setTimeout(() => document.body.insertAdjacentHTML("
    "'afterbegin', '<div style=\"height: 300px\"></div>'), 100))</script>"
)

# axe needs seconds for a page with ten thousand elements: each formula becomes one, and of what differs in
# its words alone, tokens in code are kept once and rows of tables four times. What is folded is opened, and
# nothing fades.
REDUCE = """() => {
  document.head.insertAdjacentHTML("beforeend",
    "<style>*, ::before, ::after { transition: none !important; animation: none !important }</style>");
  for (const details of document.querySelectorAll("details")) details.open = true;
  for (const part of document.querySelectorAll(".katex-html, .katex-mathml")) part.replaceChildren("x");
  const kinds = new Set();
  for (const token of document.querySelectorAll("pre span:not(:has(*))")) {
    if (kinds.has(token.className)) token.replaceWith(...token.childNodes);
    kinds.add(token.className);
  }
  const rows = {};
  for (const row of document.querySelectorAll("tbody tr")) {
    const kind = row.outerHTML.replace(/>[^<]+/g, ">").replace(/(href|id)="[^"]*"/g, "");
    rows[kind] = (rows[kind] ?? 0) + 1;
    if (rows[kind] > 4) row.remove();  // a rule about large tables begins at four
  }
}"""

# What is said of colours is most of the time that axe takes, and the same for all texts of one colour, size
# and ground, and for all links that stand so in such a text: it is asked about two of each. Whether all is
# inside of a landmark takes seconds on a long page, and is the same for all of an article: it is asked while
# that is empty. All other rules see the whole page, with some that are off by default: those that Lighthouse
# has on, and three about tables and headings. What is right need not be described.
AXE = """async () => {
  const grounds = new Map([[null, ""]]);
  const ground = element => {
    if (!grounds.has(element)) {
      const {opacity, backgroundColor} = getComputedStyle(element);
      const own = [opacity != "1" && opacity, backgroundColor != "rgba(0, 0, 0, 0)" && backgroundColor];
      grounds.set(element, [...own.filter(Boolean), ground(element.parentElement)].join());
    }
    return grounds.get(element);
  };
  const look = element => {
    const {color, fontSize, fontWeight, textDecorationLine} = getComputedStyle(element);
    return [color, fontSize, fontWeight, textDecorationLine, ground(element)].join();
  };
  const alike = {};
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility({visibilityProperty: true})) continue;
    const link = element.closest("a[href]");
    const those = alike[[element, ...link ? [link, link.parentElement] : []].map(look).join(" in ")] ??= [];
    if (those.length < 2) those.push(link ?? element);
  }
  for (const example of Object.values(alike).flat()) example.toggleAttribute("data-example", true);
  axe.configure({rules: [
    {id: "color-contrast", selector: "[data-example], [data-example] *"},
    {id: "link-in-text-block", selector: "a[href][data-example]"},
  ]});
  const options = {preload: false, resultTypes: ["violations"]};
  const rules = {"region": {enabled: false}};
  for (const rule of ["target-size", "label-content-name-mismatch", "td-has-header", "table-fake-caption",
                      "p-as-heading"]) rules[rule] = {enabled: true};
  const reports = [await axe.run({...options, rules})];
  const article = document.querySelector("article"), content = [...article?.childNodes ?? []];
  article?.replaceChildren("x");
  reports.push(await axe.run({...options, runOnly: ["region"]}));
  article?.replaceChildren(...content);
  return reports.flatMap(report => report.violations).flatMap(({id, help, nodes}) =>
    nodes.slice(0, 5).map(node => `axe, ${id}: ${node.any[0]?.message ?? help}: ${node.html.slice(0, 200)}`));
}"""

INACCESSIBLE = {
    "image-alt": '<img src="data:,">',
    "button-name": "<button></button>",
    "color-contrast": '<p style="color: #999">pale</p>',
    "link-in-text-block": """
        <p>There is <a href="#a" style="color: #111; text-decoration: none">more</a> to it.</p>
    """,
    "html-has-lang": "<script>document.documentElement.lang = ''</script>",
    "region": "<p>outside of every landmark</p>",
    "target-size": "<button style='padding: 0; border: 0; height: 9px; width: 9px'>.</button>" * 2,
    "label-content-name-mismatch": '<button aria-label="Search">Find</button>',
    "td-has-header": "<table>" + "<tr><td>0.2</td><td>0.5</td><td>0.3</td><td>1</td></tr>" * 4 + "</table>",
    "summary-name": "<details><summary></summary></details>",
}
