"use strict";
(() => {
  const { clips, written } = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const [list, search, viewer, stage, content] = ["clips", "search", "viewer", "stage", "content"].map($);
  const choices = ["vendor", "model", "status"].map($);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const NO_RECORD = "no record";

  /* Text becomes text nodes only: it comes from vendors, files and users. */
  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child || child === 0));
    return made;
  };

  const status = (clip) => clip.outcome ?? NO_RECORD;
  const vendor = (clip) => clip.vendor_name ?? clip.vendor;
  const heading = (clip) => clip.name ?? clip.item ?? clip.task ?? "unnamed";
  const parameters = (clip) => clip.parameters.map(({ short }) => short).join(" · ");
  const moment = (text) => new Date(text).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  const length = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds) % 60).padStart(2, "0")}`;
  const elapsed = (ms) => {
    const seconds = Math.round(ms / 1000);
    return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  };
  const size = (bytes) =>
    bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

  /* Amounts are decimal strings, and are added exactly. */
  const add = (a, b) => {
    const parts = [a, b].map((text) => text.split("."));
    const scale = Math.max(...parts.map((part) => (part[1] ?? "").length));
    const units = parts.map(([whole, rest = ""]) => BigInt(whole + rest.padEnd(scale, "0")));
    const sum = (units[0] + units[1]).toString().padStart(scale + 1, "0");
    return scale ? `${sum.slice(0, -scale)}.${sum.slice(-scale)}`.replace(/\.?0+$/, "") : sum;
  };

  const cost = (clip, long) => {
    if (clip.cost) {
      const how = { estimated: "estimated", computed: "computed from tokens", reported: "reported by the vendor" };
      const amount = `${clip.cost.amount} ${clip.cost.currency}`;
      if (long) return `${amount} (${how[clip.cost.obtained] ?? clip.cost.obtained})`;
      return clip.cost.obtained === "estimated" ? `about ${amount}` : amount;
    }
    if (clip.simulated) return "";
    if (["rejected", "skipped"].includes(clip.outcome)) return "no cost";
    return clip.outcome ? "cost unknown" : "";
  };

  /* What the shown clips cost. Clips of one task were paid for once. */
  const totals = (shown) => {
    const [sums, tasks] = [new Map(), new Set()];
    let [unknown, about] = [0, false];
    for (const clip of shown) {
      if (clip.simulated || (clip.task && tasks.has(clip.task))) continue;
      tasks.add(clip.task);
      if (clip.cost) {
        sums.set(clip.cost.currency, add(sums.get(clip.cost.currency) ?? "0", clip.cost.amount));
        about ||= clip.cost.obtained === "estimated";
      } else if (cost(clip) === "cost unknown") {
        unknown += 1;
      }
    }
    const amounts = [...sums].map(([currency, amount]) => `${amount} ${currency}`).join(" + ");
    return [amounts && (about ? `about ${amounts}` : amounts), unknown && `${unknown} of unknown cost`];
  };

  /* Loads the first frame of clips near the window only, and unloads the others: browsers limit the number of players. */
  const lazy = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const video = target.querySelector("video");
        if (isIntersecting && !video.hasAttribute("src")) {
          video.preload = "metadata";
          video.src = `${target.dataset.src}#t=0.001`;
        } else if (!isIntersecting && video.hasAttribute("src")) {
          video.removeAttribute("src");
          video.load();
        }
      }
    },
    { rootMargin: "400px 0px" },
  );

  const frame = (clip) => {
    if (!clip.src) {
      const hint = element("span", { class: "hint" }, clip.missing ? "The file is not in this folder" : "No video");
      return element("span", { class: "frame without" }, hint);
    }
    const video = element("video", { muted: true, playsinline: true, preload: "none", "aria-hidden": "true", tabindex: "-1" });
    const shown = element("span", { class: "length", hidden: true });
    const made = element("span", { class: "frame", "data-src": clip.src }, video, element("span", { class: "play" }), shown);
    video.muted = true;
    video.addEventListener("loadedmetadata", () => {
      shown.hidden = !Number.isFinite(video.duration);
      shown.textContent = length(video.duration);
    });
    video.addEventListener("error", () => {
      if (!video.hasAttribute("src")) return;
      lazy.unobserve(made);
      made.replaceChildren(element("span", { class: "hint" }, "This browser cannot show the file"));
    });
    lazy.observe(made);
    return made;
  };

  const badge = (clip) => element("span", { class: "badge", "data-outcome": clip.outcome }, status(clip));

  const card = (clip) => {
    const named = clip.prompt ?? heading(clip);
    const line = (text, kind = "fine") => text && element("span", { class: kind, dir: "auto" }, text);
    const body = element(
      "span",
      { class: "body" },
      line(named, "prompt"),
      line(clip.error, "prompt fine wrong"),
      line([vendor(clip), clip.model].filter(Boolean).join(" · ")),
      line(parameters(clip)),
      element(
        "span",
        { class: "foot" },
        badge(clip),
        clip.simulated && element("span", { class: "badge" }, "simulated"),
        element("span", { class: "cost" }, cost(clip)),
      ),
    );
    const button = element("button", { class: "card", type: "button", tabindex: "-1" }, frame(clip), body);
    button.addEventListener("click", () => open(clip));
    button.addEventListener("focus", () => select(clip));
    return element("li", {}, button);
  };

  for (const clip of clips) {
    clip.at = Date.parse(clip.submitted ?? clip.modified ?? "") || 0;
    clip.words = [heading(clip), clip.prompt, vendor(clip), clip.vendor, clip.model, clip.task, clip.item, clip.error]
      .concat(parameters(clip), status(clip))
      .filter(Boolean)
      .join("\n")
      .toLowerCase();
    clip.card = card(clip);
  }

  const names = new Intl.Collator(undefined, { numeric: true });
  const orders = {
    newest: (a, b) => b.at - a.at,
    oldest: (a, b) => a.at - b.at,
    cost: (a, b) =>
      names.compare(a.cost?.currency ?? "~", b.cost?.currency ?? "~") ||
      Number(b.cost?.amount ?? -1) - Number(a.cost?.amount ?? -1),
    name: (a, b) => names.compare(heading(a), heading(b)),
  };
  const facets = { vendor: (clip) => vendor(clip) ?? NO_RECORD, model: (clip) => clip.model ?? NO_RECORD, status };

  let shown = [];
  let selected;

  /* One card is in the order of the Tab key; the arrow keys move among the others. */
  const select = (clip) => {
    if (selected) selected.card.firstChild.tabIndex = -1;
    selected = clip;
    if (clip) clip.card.firstChild.tabIndex = 0;
  };

  const focus = (clip) => {
    if (!clip) return;
    const button = clip.card.firstChild;
    button.focus({ preventScroll: true });
    clip.card.scrollIntoView({ block: "nearest" });
  };

  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (clip) =>
      words.every((word) => clip.words.includes(word)) &&
      choices.every((choice) => !choice.value || facets[choice.id](clip) === choice.value);
    shown = clips.filter(fits).sort((a, b) => orders[$("sort").value](a, b) || orders.name(a, b));
    list.replaceChildren(...shown.map((clip) => clip.card));
    select(shown.includes(selected) ? selected : shown[0]);
    $("empty").hidden = clips.length > 0;
    $("unmatched").hidden = clips.length === 0 || shown.length > 0;
    const all = shown.length === clips.length;
    const noun = (clips.every((clip) => clip.src) ? "clip" : "item") + (clips.length === 1 ? "" : "s");
    const known = ["done", "running", "failed", "rejected", "ambiguous", "skipped", NO_RECORD];
    const counts = new Map(known.map((name) => [name, 0]));
    for (const clip of shown) counts.set(status(clip), (counts.get(status(clip)) ?? 0) + 1);
    const counted = [...counts].filter(([, count]) => count);
    const parts = [
      all ? `${clips.length} ${noun}` : `${shown.length} of ${clips.length} ${noun}`,
      ...(counted.length > 1 ? counted.map(([name, count]) => `${count} ${name}`) : []),
      ...totals(shown),
    ];
    $("summary").textContent = parts.filter(Boolean).join(" · ");
  };

  for (const choice of choices) {
    const values = [...new Set(clips.map(facets[choice.id]))].sort(names.compare);
    choice.append(element("option", { value: "" }, "All"), ...values.map((value) => element("option", { value }, value)));
    choice.closest("label").hidden = values.length < 2;
    choice.addEventListener("change", show);
  }
  search.addEventListener("input", show);
  $("sort").addEventListener("change", show);
  $("reset").addEventListener("click", () => {
    for (const control of [search, ...choices]) control.value = "";
    show();
    focus(selected);
  });

  /* The viewer */

  let current;

  const facts = (clip) => {
    const took = clip.submitted && clip.completed && Date.parse(clip.completed) - Date.parse(clip.submitted);
    const rows = [
      ["Status", element("span", {}, badge(clip), clip.status && clip.status !== clip.outcome ? ` ${clip.status}` : "")],
      ["Error", clip.error],
      ["Vendor", vendor(clip)],
      ["Model", clip.model],
      ...clip.parameters.map(({ name, value }) => [name, value]),
      ["Cost", cost(clip, true)],
      ["Simulated", clip.simulated && "yes, by the built-in simulator"],
      ["Submitted", clip.submitted && moment(clip.submitted)],
      ["Took", took > 0 && elapsed(took)],
      ["Task", clip.task],
      ["Item", clip.item],
      ["Note", clip.notes?.join("\n")],
      ["File", clip.src && element("a", { href: clip.src, target: "_blank", rel: "noreferrer" }, clip.name)],
      ["Size", clip.bytes && size(clip.bytes)],
      ["Recorded in", clip.sources?.join(", ")],
    ];
    return rows
      .filter(([, value]) => value)
      .flatMap(([name, value]) => [
        element("dt", { dir: "auto" }, name),
        element("dd", { dir: "auto" }, value),
      ]);
  };

  const stop = () => {
    const video = stage.querySelector("video");
    if (video) {
      video.pause();
      video.removeAttribute("src");
      video.load();
    }
    stage.replaceChildren();
  };

  const open = (clip) => {
    stop();
    current = clip;
    select(clip);
    const at = shown.indexOf(clip);
    $("place").textContent = `${at + 1} of ${shown.length}`;
    $("previous").disabled = at <= 0;
    $("next").disabled = at >= shown.length - 1;
    $("viewer-name").textContent = heading(clip);
    $("viewer-prompt").textContent = clip.prompt ?? "";
    $("viewer-prompt").hidden = !clip.prompt;
    $("facts").replaceChildren(...facts(clip));
    if (clip.src) {
      const video = element("video", { controls: true, playsinline: true, src: clip.src });
      video.loop = !calm.matches;
      video.addEventListener("error", () => {
        if (video.hasAttribute("src")) stage.replaceChildren(element("p", {}, "This browser cannot show the file."));
      });
      stage.append(video);
      /* Refused where a browser does not allow sound yet; the controls start it then. */
      video.play().catch(() => {});
    } else {
      stage.append(element("p", { dir: "auto" }, clip.missing ? "The file is not in this folder." : (clip.error ?? "No video.")));
    }
    if (!viewer.open) viewer.showModal();
    content.focus();
  };

  const step = (by) => {
    const next = shown[shown.indexOf(current) + by];
    if (next) open(next);
  };

  $("previous").addEventListener("click", () => step(-1));
  $("next").addEventListener("click", () => step(1));
  $("close").addEventListener("click", () => viewer.close());
  viewer.addEventListener("close", () => {
    stop();
    focus(current);
  });
  viewer.addEventListener("click", (event) => {
    if (event.target === viewer) viewer.close();
  });
  viewer.addEventListener("keydown", (event) => {
    const video = stage.querySelector("video");
    if (event.target === video || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      step(event.key === "ArrowLeft" ? -1 : 1);
    } else if (event.target === content && video && (event.key === " " || event.key === "Enter")) {
      event.preventDefault();
      if (video.paused) video.play().catch(() => {});
      else video.pause();
    }
  });

  /* Keys outside of the viewer */

  const columns = () => {
    const top = shown[0].card.offsetTop;
    const after = shown.findIndex((clip) => clip.card.offsetTop !== top);
    return after < 0 ? shown.length : after;
  };

  document.addEventListener("keydown", (event) => {
    if (viewer.open || event.altKey || event.ctrlKey || event.metaKey) return;
    const at = shown.indexOf(selected);
    if (event.target === search) {
      if (event.key === "Escape") {
        event.preventDefault();
        if (search.value) {
          search.value = "";
          show();
        } else {
          focus(selected);
        }
      } else if (event.key === "Enter" || event.key === "ArrowDown") {
        event.preventDefault();
        focus(shown[0]);
      }
      return;
    }
    if (event.target.closest?.("select")) return;
    if (event.key === "/") {
      event.preventDefault();
      search.focus();
      search.select();
      return;
    }
    if (!shown.length || event.target.closest?.("a, header")) return;
    const onCard = document.activeElement === selected.card.firstChild;
    const moves = {
      ArrowLeft: () => at - 1,
      ArrowRight: () => at + 1,
      ArrowUp: () => at - columns(),
      ArrowDown: () => at + columns(),
      Home: () => 0,
      End: () => shown.length - 1,
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    focus(onCard ? shown[moves[event.key]()] : selected);
  });

  /* The theme: the system's, unless chosen. Storage may be off. */

  const KEY = "videogen-gallery-theme";
  const theme = $("theme");
  const apply = () => {
    if (theme.value) document.documentElement.dataset.theme = theme.value;
    else delete document.documentElement.dataset.theme;
  };
  try {
    theme.value = localStorage.getItem(KEY) ?? "";
  } catch {
    theme.value = "";
  }
  if (theme.selectedIndex < 0) theme.value = "";
  theme.addEventListener("change", () => {
    apply();
    try {
      localStorage.setItem(KEY, theme.value);
    } catch {
      /* It lasts until the page is closed. */
    }
  });
  apply();

  $("written").dateTime = written;
  $("written").textContent = moment(written);
  show();
})();
