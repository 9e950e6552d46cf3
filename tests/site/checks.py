"""What a page of the site has to satisfy in a browser, each with a page that does not.

A check is JavaScript that returns the faults it finds, in words. It looks at the article alone where
the rest of the page is the theme's, and leaves the page as it was. One call runs them all.
"""

CHECKS = {
    "images are described in words": """
        [...document.images]
          .filter(image => !image.alt.includes(" "))
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
          return parts.filter((part, place) => !toggle[place] || !listen[place])
            .map(part => part.textContent.trim().slice(0, 200));
        })()
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
