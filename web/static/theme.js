/* What the theme leaves out for readers who use a keyboard or a screen reader. */

/* A box that scrolls can be scrolled without a mouse, from when it first comes near the window. The theme asks
   every box at once, and so lays out all that nobody has scrolled to; web/sphinx_theme.py keeps it from that. */
const BOXES = "pre, div.math, .cell_output > .output, .pst-scrollable-table-container";
const FORMULA = { role: "group", "aria-label": "Formula, wider than the page" };
const sized = new ResizeObserver(entries => {
  const boxes = entries.map(({ target }) => target.closest(BOXES));
  const scroll = boxes.map(box => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1);
  boxes.forEach((box, place) => {
    const attributes = { tabindex: 0, ...box.matches("div.math") && FORMULA };
    for (const [name, value] of Object.entries(attributes)) {
      if (scroll[place]) box.setAttribute(name, value);
      else box.removeAttribute(name);
    }
  });
});
// A formula grows within its box when its fonts arrive.
const observeBoxes = root => root.querySelectorAll(`:is(${BOXES}), div.math .katex-html`)
  .forEach(part => sized.observe(part));

/* A section's copy buttons are there from when it comes near: before that, they have no place of their own. */
const coming = new IntersectionObserver(entries => {
  for (const { target, isIntersecting } of entries) target.classList.toggle("near", isIntersecting);
}, { rootMargin: "100%" });

/* The button for light and dark says which of them is on. */
function nameMode() {
  const mode = { light: "light", dark: "dark" }[document.documentElement.dataset.mode] ?? "as the device";
  for (const button of document.querySelectorAll(".theme-switch-button")) {
    button.setAttribute("aria-label", `Color mode: ${mode}`);
  }
}

/* The contents mark the heading that came into view last, which a jump can leave far away. */
function markSection() {
  const box = link => document.getElementById(decodeURIComponent(link.hash.slice(1)))?.getBoundingClientRect();
  const marked = document.querySelector(".page-toc a.active"), seen = marked && box(marked);
  if (!seen || (seen.top < innerHeight && seen.bottom > 0)) return;
  const links = [...document.querySelectorAll(".page-toc a.nav-link")];
  const reached = links.findLast(link => box(link)?.top < innerHeight * 0.3);
  marked.removeAttribute("aria-current");
  reached?.setAttribute("aria-current", "true");
  for (const part of document.querySelectorAll(".page-toc :is(a, li)")) {
    part.classList.toggle("active", part.contains(reached ?? null));
  }
}

observeBoxes(document);
addEventListener("scrollend", markSection);
new MutationObserver(changes => changes.forEach(({ target }) => observeBoxes(target)))
  .observe(document.querySelector("article") ?? document.body, { subtree: true, childList: true });
document.querySelectorAll('section[style^="--letters"]').forEach(section => coming.observe(section));
new MutationObserver(nameMode).observe(document.documentElement, { attributeFilter: ["data-mode"] });
nameMode();
