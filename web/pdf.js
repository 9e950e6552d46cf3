// Makes one document of the built pages, in the page that it runs in. Each page's names become its own
// ("chapters/entropy" + "/" + "units"), and links between pages become links within the document. Returns the
// headings, and the links that lead nowhere.
({ title, subtitle, author, address, parts, site }) => {
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const names = parts.flatMap(part => part.pages.map(page => page.name));
  const pageOf = url => names.find(name => url.pathname == new URL(`${name}.html`, site).pathname);
  const NAMED = ["id", "for", "aria-labelledby", "aria-describedby", "aria-controls"];

  const article = page => {
    const own = new URL(`${page.name}.html`, site);
    const parsed = new DOMParser().parseFromString(page.html, "text/html").querySelector("article");
    for (const element of parsed.querySelectorAll("script, style, button, .headerlink, .only-dark, .course-pdf"))
      element.remove();
    for (const name of NAMED)
      for (const element of parsed.querySelectorAll(`[${name}]`))
        element.setAttribute(name, element.getAttribute(name).split(/\s+/).map(id => `${page.name}/${id}`).join(" "));
    for (const image of parsed.querySelectorAll("img")) {
      image.src = new URL(image.getAttribute("src"), own);
      image.loading = "eager";
    }
    for (const link of parsed.querySelectorAll("a[href]")) {
      const url = new URL(link.getAttribute("href"), own), target = pageOf(url);
      if (target) link.setAttribute("href", `#${target}${url.hash && `/${decodeURIComponent(url.hash.slice(1))}`}`);
      else if (url.protocol == "file:") link.removeAttribute("href"); // of the site, but not of the book
    }
    // Code in black: a tag for each of its words would double the file and the time that it takes.
    for (const code of parsed.querySelectorAll("pre")) code.textContent = code.textContent;
    // A part of the book is a heading of the first level, its pages of the second or third, and so on.
    for (let level = 5; level; level--)
      for (const heading of parsed.querySelectorAll(`h${level}`)) {
        const lower = make(`h${Math.min(6, level + page.depth)}`);
        lower.append(...heading.childNodes);
        for (const { name, value } of heading.attributes) lower.setAttribute(name, value);
        heading.replaceWith(lower);
      }
    parsed.className = `bd-article depth-${page.depth}`;
    parsed.id = page.name;
    return parsed;
  };

  // The answers leave their exercises for the end of the book, and each points to the other.
  const answersOf = page => {
    const answers = [...page.querySelectorAll("details.solution")].map(solution => {
      const exercise = solution.parentElement, id = `${exercise.id}/answer`;
      const heading = exercise.querySelector("h1, h2, h3, h4, h5, h6");
      const answer = make("section", { id });
      const back = make("a", { href: `#${exercise.id}` });
      back.append(...heading.cloneNode(true).childNodes);
      answer.append(make("h4", {}, back), ...solution.childNodes);
      answer.querySelector("summary").remove();
      solution.replaceWith(make("p", { className: "to-answer" }, reference(id, "Its answer")));
      return answer;
    });
    return answers.length
      ? [make("article", { id: `${page.id}/answers`, className: "bd-article" }, make("h2", {}, page.querySelector("h2").textContent), ...answers)]
      : [];
  };
  // A link that says on which page its target is, once that is known.
  const reference = (id, text) =>
    make("a", { href: `#${id}`, className: "reference-to" },
      make("span", {}, text), make("span", { className: "number" }, "000"));

  const body = make("div", { className: "book" }), styles = [];
  const answers = make("section", { id: "answers" }, make("h1", {}, "Answers"));
  const head = (element, title) => {
    element.style.page = `page-${styles.length}`;
    styles.push(`@page page-${styles.length} { @top-left { content: ${JSON.stringify(title)}; } }`);
  };
  for (const { caption, pages } of parts)
    for (const [place, page] of pages.entries()) {
      const read = article(page);
      answers.append(...answersOf(read));
      if (page.depth < 2) head(read, read.querySelector("h1, h2").textContent);
      else read.style.page = body.lastElementChild.style.page;
      if (caption && place == 0) read.prepend(make("h1", {}, caption));
      body.append(read);
    }
  if (answers.querySelector("article")) {
    head(answers, "Answers");
    body.append(answers);
  }
  for (const folded of body.querySelectorAll("details")) folded.open = true;

  const contents = make("nav", { className: "course-contents", ariaLabel: "Contents" });
  const headings = [...body.querySelectorAll("h1, h2, h3, h4")].map(heading =>
    ({ title: heading.textContent.trim(), level: Number(heading.localName[1]), id: heading.parentElement.id }));
  for (const { title, level, id } of headings)
    if (level < 4) contents.append(make("p", { className: `level-${level}` }, reference(id, title)));

  const cover = make("header", { className: "cover" });
  cover.append(make("p", { className: "title" }, title), make("p", { className: "subtitle" }, subtitle));
  cover.append(body.querySelector("img")?.cloneNode() ?? "");
  cover.append(make("p", {}, author), make("p", {}, make("a", { href: address }, address)));

  document.head.append(make("style", {}, styles.join("\n")));
  document.title = title;
  document.body.className = "";
  document.body.replaceChildren(make("main", { className: "bd-main" }, cover, contents, body));
  const ids = new Set([...document.querySelectorAll("[id]")].map(element => element.id));
  const astray = [...document.querySelectorAll('a[href^="#"]')]
    .map(link => decodeURIComponent(link.hash.slice(1)))
    .filter(id => !ids.has(id));
  return { headings, astray };
}
