"use strict";
(() => {
  const find = (selector, within = document) => within.querySelector(selector);
  const cards = [...document.querySelectorAll(".card")];
  const form = find("#filters");

  for (const part of document.querySelectorAll(".part")) part.style.flexGrow = part.dataset.share;

  // Filters. What stands in a card is read once, when somebody first searches.
  let texts = null;
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const shown = () => cards.filter((card) => !card.hidden);

  function filter() {
    const { status, text, language, kind } = Object.fromEntries(new FormData(form));
    const words = plain(text).split(/\s+/).filter(Boolean);
    if (words.length && !texts) texts = cards.map((card) => plain(card.textContent));
    let count = 0;
    cards.forEach((card, place) => {
      const data = card.dataset;
      const fits = (!status || data.status === status) && (!language || data.language === language) &&
        (!kind || data.kind === kind) && words.every((word) => texts[place].includes(word));
      if (card.hidden === fits) card.hidden = !fits;
      count += fits;
    });
    for (const video of document.querySelectorAll(".card[hidden] video")) video.pause();
    const all = count === cards.length;
    find("#count").textContent = all ? "" : `${count.toLocaleString("en")} of ${cards.length.toLocaleString("en")}`;
    find("#clear").hidden = all;
    find("#nothing").hidden = count > 0;
    remember({ status, text, language, kind });
  }

  // What is chosen stands in the address, so that it can be sent as it is.
  function remember(chosen) {
    const told = new URLSearchParams(Object.entries(chosen).filter(([, value]) => value)).toString();
    try { history.replaceState(null, "", told ? `#${told}` : location.pathname + location.search); } catch { /* Some viewers forbid it. */ }
  }

  function recall() {
    for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
      const field = form.elements[name];
      if (field) field.value = value;
    }
  }

  const showAll = () => { form.reset(); filter(); };
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  find("#again").addEventListener("click", showAll);
  recall();
  filter();

  // A film is there only while its card is near: a page of thousands opens as fast as one of ten. Without scripts the
  // same card is a link to the file.
  const watch = new IntersectionObserver((seen) => {
    for (const { target: screen, isIntersecting } of seen) isIntersecting ? hang(screen) : takeDown(screen);
  }, { rootMargin: "400px" });

  for (const card of cards) {
    const screen = find(".screen:not(.none)", card);
    if (!screen) continue;
    watch.observe(screen);
    find(".play", screen).addEventListener("click", (event) => { event.preventDefault(); start(screen); });
  }

  function hang(screen) {
    const there = find("video", screen);
    if (there || screen.classList.contains("none")) return there;
    const video = document.createElement("video");
    const title = find("h2", screen.parentElement).textContent;
    // A moment in: many films begin with a black picture.
    Object.assign(video, { preload: "metadata", playsInline: true, tabIndex: -1, src: `${find(".play", screen).href}#t=0.1` });
    video.setAttribute("aria-label", title);
    video.addEventListener("error", () => missing(screen));
    video.addEventListener("play", () => pauseOthers(video));
    screen.prepend(video);
    screen.append(enlarger(screen, title));
    return video;
  }

  function takeDown(screen) {
    const video = find("video", screen);
    if (!video || screen.classList.contains("playing")) return;
    video.removeAttribute("src");
    video.load();
    video.remove();
    find(".enlarge", screen)?.remove();
  }

  function enlarger(screen, title) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "enlarge", title: "Enlarge" });
    button.setAttribute("aria-label", `Enlarge ${title}`);
    button.innerHTML = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7"/></svg>';
    button.addEventListener("click", () => open(screen.parentElement));
    return button;
  }

  function start(screen) {
    const video = hang(screen);
    screen.classList.add("playing");
    Object.assign(video, { controls: true, tabIndex: 0, currentTime: 0 });
    video.focus();
    video.play();
  }

  function pauseOthers(video) {
    for (const other of document.querySelectorAll("video")) if (other !== video) other.pause();
  }

  function missing(screen) {
    if (!screen.isConnected || !find("video", screen)?.hasAttribute("src")) return;
    const told = document.createElement("span");
    told.className = "why";
    told.textContent = "The film is not where this page looks for it: keep the page and its videos together.";
    screen.classList.add("none");
    screen.replaceChildren(told);
  }

  // The theatre: one video, large.
  const theatre = find("#theatre");
  let onStage = null;

  function open(card) {
    onStage = card;
    const video = document.createElement("video");
    Object.assign(video, { controls: true, autoplay: true, playsInline: true, src: find(".play", card).href });
    video.addEventListener("play", () => pauseOthers(video));
    find(".stage").replaceChildren(video);
    find("#now").textContent = find("h2", card).textContent;
    find("#now-meta").replaceChildren(...find(".meta", card).cloneNode(true).children);
    find("#now-said").textContent = find(".said", card)?.textContent ?? "";
    const rest = playable();
    find("#previous").disabled = card === rest[0];
    find("#next").disabled = card === rest[rest.length - 1];
    if (!theatre.open) theatre.showModal();
  }

  const playable = () => shown().filter((card) => find(".play", card));

  function move(step) {
    const rest = playable();
    const card = rest[rest.indexOf(onStage) + step];
    if (card) open(card);
  }

  find("#previous").addEventListener("click", () => move(-1));
  find("#next").addEventListener("click", () => move(1));
  find("#close").addEventListener("click", () => theatre.close());
  theatre.addEventListener("close", () => {
    find(".stage").replaceChildren();
    if (onStage) (find(".enlarge", onStage) ?? find(".play", onStage))?.focus();
  });
  theatre.addEventListener("click", (event) => { if (event.target === theatre) theatre.close(); });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (theatre.open && event.target.tagName !== "VIDEO" && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      move(event.key === "ArrowLeft" ? -1 : 1);
    } else if (event.key === "/" && !typing && !theatre.open) {
      event.preventDefault();
      find("[name=text]").focus();
    } else if (event.key === "Escape" && typing?.name === "text") {
      typing.value = "";
      filter();
    }
  });

  // Light or dark: as the system is, until somebody chooses.
  const root = document.documentElement;
  const names = { "": "Automatic", light: "Light", dark: "Dark" };
  const themes = Object.keys(names);
  const button = find("#theme");

  function dress(theme) {
    root.dataset.theme = theme;
    find("#theme-name").textContent = names[theme];
    button.setAttribute("aria-label", `Colours: ${names[theme]}`);
    try { localStorage.setItem("batchgen-theme", theme); } catch { /* A page from disk may not remember. */ }
  }

  let theme = "";
  try { theme = localStorage.getItem("batchgen-theme") ?? ""; } catch { /* See above. */ }
  button.hidden = false;
  button.addEventListener("click", () => dress(themes[(themes.indexOf(root.dataset.theme || "") + 1) % themes.length]));
  dress(themes.includes(theme) ? theme : "");
})();
