"""What a page of the site has to satisfy in a browser, each with a page that does not.

A check is JavaScript that returns the faults it finds, in words. It looks at the article alone where
the rest of the page is the theme's.
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
}

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
}
