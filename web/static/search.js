/* What a reader means comes before what Sphinx finds: the terms of the glossary, by any of their names.
   The names and their places are in the page (sphinx_search.py). */
"use strict";

(() => {
  const terms = JSON.parse(document.getElementById("terms").textContent);
  const words = text => text.normalize("NFKC").toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const cjk = /\p{Script=Han}|\p{Script=Hangul}/u;  // which may stand without spaces, or with a particle

  // How well a name answers: it is the query, it is in the query, the query is a part of it; 0 if it does not.
  const answers = (query, name) => {
    const asked = query.join(""), called = words(name).join("");
    if (asked == called) return 3;
    const runs = query.flatMap((_, start) => query.slice(start).map((_, end) => query.slice(start, start + end + 1).join("")));
    if (called.length > 1 && (runs.includes(called) || cjk.test(called) && asked.includes(called))) return 2 + called.length / 1000;
    if (asked.length > (cjk.test(asked) ? 1 : 2) && called.startsWith(asked)) return 1.5 - called.length / 1000;
    return asked.length > (cjk.test(asked) ? 1 : 3) && called.includes(asked) ? 1 - called.length / 1000 : 0;
  };

  const meant = text => {
    const query = words(text);
    const found = terms
      .map(({names, places}) => ({places, score: Math.max(...names.map(name => answers(query, name)))}))
      .filter(({score}) => score > 0)
      .sort((one, other) => other.score - one.score);
    return found.filter(({score}, place) => score == 3 || found[0].score < 3 && place < 3).flatMap(({places}) => places);
  };

  const search = Search._performSearch;
  Search._performSearch = (text, ...parsed) => {
    const {docnames, titles, filenames} = Search._index;
    const first = meant(text).map(([page, title, anchor, said]) => {
      const file = docnames.indexOf(page);
      return [page, `${titles[file]} > ${title}`, anchor, said, Infinity, filenames[file]];
    });
    const place = ([page, , anchor]) => page + anchor;
    const taken = new Set(first.map(place));
    // Sphinx shows the last result first.
    return [...search(text, ...parsed).filter(result => !taken.has(place(result))), ...first.reverse()];
  };

  // A reader who does not see the page hears what was found.
  const query = Search.query;
  Search.query = text => {
    Search.status.setAttribute("role", "status");
    query(text);
  };

  // A formula is on the page three times: as letters, for screen readers, and as TeX. Once is enough to read.
  const read = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    page.querySelectorAll(".katex-html, annotation").forEach(copy => copy.remove());
    return read(page.documentElement.outerHTML, anchor);
  };

  // From disk, a page may not read another to show a piece of it.
  if (location.protocol == "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

  Documentation.addTranslations({
    locale: "en",
    plural_expr: "n == 1 ? 0 : 1",
    messages: {
      "Your search did not match any documents. Please make sure that all words are spelled correctly and that you've selected enough categories.":
        "No page has all of these words. Try fewer of them, or another name for the same thing; the glossary lists many.",
    },
  });
})();
