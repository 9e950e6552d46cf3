/* On paper: light, with everything in it that is not an answer. The reader's page comes back afterwards. */
{
  const PAPER = 640; // CSS pixels between the margins of A4, the narrower of the two papers
  const DISPLAY = 15.73; // the size of a letter in displayed mathematics on paper: 1.21 times the 13 pixels of print.css
  let restore = [];

  addEventListener("beforeprint", () => {
    const root = document.documentElement, theme = root.dataset.theme;
    root.dataset.theme = "light";
    restore.push(() => (root.dataset.theme = theme));

    // Hints and solutions print where the reader has opened them; what else is folded has no place to unfold.
    for (const part of document.querySelectorAll("details:not([open], .solution, .exercise *)")) {
      part.open = true;
      restore.push(() => (part.open = false));
    }
    // A formula that is wider than the paper shrinks to it. All are measured before any is changed:
    // in turns, each would lay out the whole page again.
    const formulas = [...document.querySelectorAll(".katex-display > .katex")];
    const widths = formulas.map(formula =>
      [...formula.querySelectorAll(":scope > .katex-html > .base")].reduce((sum, base) => sum + base.offsetWidth, 0)
        / parseFloat(getComputedStyle(formula).fontSize));
    formulas.forEach((formula, place) =>
      formula.style.setProperty("--fit", Math.min(1, PAPER / (widths[place] * DISPLAY))));
    for (const image of document.images) image.loading = "eager";
  });
  addEventListener("afterprint", () => {
    for (const undo of restore.splice(0)) undo();
  });
}
