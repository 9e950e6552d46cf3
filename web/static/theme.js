/* What the theme leaves out for readers who use a keyboard or a screen reader. */

/* A formula that is wider than the page can be scrolled without a mouse: the theme does the same for code. */
function letFormulasScroll() {
  for (const box of document.querySelectorAll("div.math")) {
    const wide = box.scrollWidth > box.clientWidth + 1;
    if (wide == box.hasAttribute("tabindex")) continue;
    if (wide) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", "Formula, wider than the page");
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  }
}

/* The button for light and dark says which of them is on. */
function nameMode() {
  const mode = { light: "light", dark: "dark" }[document.documentElement.dataset.mode] ?? "as the device";
  for (const button of document.querySelectorAll(".theme-switch-button")) {
    button.setAttribute("aria-label", `Color mode: ${mode}`);
  }
}

new ResizeObserver(letFormulasScroll).observe(document.querySelector("article") ?? document.body);
new MutationObserver(nameMode).observe(document.documentElement, { attributeFilter: ["data-mode"] });
nameMode();
