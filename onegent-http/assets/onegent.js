// The console works without this script. It keeps an open booking up to date, puts times into the reader's own
// zone, copies codes, and keeps a form from being sent twice.
"use strict";

const FORMS = {
  moment: { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" },
  full: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" },
};

function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = time.textContent;
    time.textContent = at.toLocaleString(undefined, FORMS[time.dataset.form] || FORMS.full);
  }
}

function makeCopyable(root) {
  if (!navigator.clipboard) return;
  for (const place of root.querySelectorAll(".copyable")) {
    const code = place.querySelector("code");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    place.append(button);
  }
}

function sendOnce() {
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
      form.querySelector("button[type=submit]")?.setAttribute("aria-busy", "true");
    });
  }
  // A page that comes back from the browser's memory can be sent again.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelector("button[type=submit]")?.removeAttribute("aria-busy");
    }
  });
}

function countDown() {
  for (const place of document.querySelectorAll("[data-minutes-until]")) {
    const until = Date.parse(place.dataset.minutesUntil);
    const show = () => { place.textContent = Math.max(0, Math.floor((until - Date.now()) / 60000)); };
    setInterval(show, 15000);
  }
}

// The server sends pieces of this very page; it escapes all that came from elsewhere.
function parse(html) {
  const piece = document.createElement("template");
  piece.innerHTML = html;
  localise(piece.content);
  return piece.content;
}

function follow() {
  const timeline = document.getElementById("timeline");
  const standing = document.getElementById("standing");
  const shown = standing?.querySelector("[data-status]");
  if (!timeline || !shown || !("EventSource" in window)) return;
  const live = document.getElementById("live");
  const final = "final" in shown.dataset;
  const stream = new EventSource(timeline.dataset.events);
  stream.addEventListener("open", () => { live.hidden = final; });
  stream.addEventListener("error", () => { live.hidden = true; });
  stream.addEventListener("audit", (event) => {
    const piece = parse(event.data);
    const entry = piece.querySelector(".entry");
    if (!entry || document.getElementById(entry.id)) return;
    entry.classList.add("entry-new");
    document.getElementById("timeline-empty")?.remove();
    timeline.append(piece);
  });
  stream.addEventListener("job", (event) => {
    const piece = parse(event.data);
    const now = piece.querySelector("[data-status]");
    if (now.dataset.status !== shown.dataset.status) {
      // Not out of the hands of somebody who has the page: it is looked at again when they give it back.
      if (document.getElementById("live-page")?.dataset.yours) return;
      // Another status has other contents and buttons: the server knows which.
      stream.close();
      location.reload();
      return;
    }
    if ("final" in now.dataset) { stream.close(); live.hidden = true; }
    if (now.textContent !== standing.querySelector("[data-status]").textContent) standing.replaceChildren(piece);
  });
}

// Clicks and keys on the picture go to the page. Characters go one by one, pasted ones too, so that no word lies anywhere.
function handle(canvas, give, tell) {
  const KEYS = new Set(["Enter", "Backspace", "Delete", "Escape", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]);
  const at = ({ clientX, clientY }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const within = (part, whole) => Math.min(Math.max(Math.round(part * whole), 0), whole - 1);
    return { x: within((clientX - left) / width, canvas.width), y: within((clientY - top) / height, canvas.height) };
  };
  let moved = 0;
  canvas.addEventListener("pointermove", (event) => {
    if (event.timeStamp - moved < 50) return;
    moved = event.timeStamp;
    tell({ do: "move", ...at(event) });
  });
  canvas.addEventListener("mousedown", (event) => {
    if (event.button === 0) tell({ do: "press", ...at(event), n: Math.max(event.detail, 1) });
    canvas.focus();
    event.preventDefault();
  });
  canvas.addEventListener("mouseup", (event) => {
    if (event.button === 0) tell({ do: "release", ...at(event), n: Math.max(event.detail, 1) });
  });
  canvas.addEventListener("wheel", (event) => {
    tell({ do: "wheel", ...at(event), down: Math.max(-2000, Math.min(2000, Math.round(event.deltaY))) });
    event.preventDefault();
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    const command = ctrlKey || metaKey;
    if (command && key.toLowerCase() === "a") tell({ do: "key", key: "SelectAll" });
    else if (command && !altKey) return;
    else if (key === "Tab") tell({ do: "key", key: shiftKey ? "BackTab" : "Tab" });
    else if (key === "F6") give.focus();
    else if (KEYS.has(key)) tell({ do: "key", key });
    else if ([...key].length === 1) tell({ do: "type", c: key });
    else return;
    event.preventDefault();
  });
  document.addEventListener("paste", (event) => {
    if (document.activeElement !== canvas) return;
    for (const c of event.clipboardData.getData("text").slice(0, 200)) if (c >= " ") tell({ do: "type", c });
    event.preventDefault();
  });
}

// The booking site's page, picture by picture. Only the newest is kept, and only on the canvas.
function watch() {
  const place = document.getElementById("live-page");
  if (!place || !("WebSocket" in window)) return;
  const frame = place.querySelector(".live-frame");
  const canvas = place.querySelector("canvas");
  const says = place.querySelector("[data-says]");
  const say = (text) => { if (says.textContent !== text) says.textContent = text; };
  place.hidden = false;
  say("Looking for the page…");
  const url = new URL(place.dataset.socket, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const tell = (what) => { if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what)); };
  const show = async (bytes) => {
    const sides = new DataView(bytes);
    const picture = await createImageBitmap(new Blob([bytes.slice(4)], { type: "image/jpeg" }));
    [canvas.width, canvas.height] = [sides.getUint16(0), sides.getUint16(2)];
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    if (hands) hands.hidden = false;
    if (frame.hidden) say("As the agent has it, right now. Nobody else sees it, and no picture of this is kept.");
    frame.hidden = false;
  };
  const hands = place.querySelector(".live-hands");
  const [take, give] = ["[data-take]", "[data-give]"].map((name) => place.querySelector(name));
  const yours = (seconds) => {
    place.dataset.yours = "yes";
    [take.hidden, give.hidden] = [true, false];
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.focus();
    say(`The page is in your hands for ${Math.ceil(seconds / 60)} minutes. Click and type on it, then hand it back; F6 leaves it for the button.`);
    handle(canvas, give, tell);
  };
  take?.addEventListener("click", () => tell({ do: "take" }));
  give?.addEventListener("click", () => {
    tell({ do: "give" });
    give.setAttribute("aria-busy", "true");
  });
  socket.addEventListener("message", ({ data }) => {
    if (typeof data !== "string") {
      show(data).catch(() => {}).finally(() => tell({ do: "seen" }));
      return;
    }
    const { is, seconds, say: why } = JSON.parse(data);
    if (is === "yours") yours(seconds);
    if (is === "refused") say(why);
    if (is === "hands_off") location.reload();
    if (is === "no_page") {
      frame.hidden = true;
      if (hands) hands.hidden = true;
      say("No page of this booking is open here at the moment. A page shows while the agent works in Chromium, and only on the server whose worker has it.");
    }
  });
  socket.addEventListener("close", () => {
    frame.hidden = true;
    if (hands) hands.hidden = true;
    // What was in these hands went on without them.
    if (place.dataset.yours) { location.reload(); return; }
    say("The live page has ended here, or is watched in another window. Reload to look again.");
  });
}

localise(document);
makeCopyable(document);
sendOnce();
countDown();
follow();
watch();
