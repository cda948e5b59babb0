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
      // Another status has other contents and buttons: the server knows which.
      stream.close();
      location.reload();
      return;
    }
    if ("final" in now.dataset) { stream.close(); live.hidden = true; }
    if (now.textContent !== standing.querySelector("[data-status]").textContent) standing.replaceChildren(piece);
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
    frame.hidden = false;
    say("As the agent has it, right now. Nobody else sees it, and no picture of this is kept.");
  };
  socket.addEventListener("message", ({ data }) => {
    if (typeof data !== "string") {
      show(data).catch(() => {}).finally(() => tell({ do: "seen" }));
      return;
    }
    const { is } = JSON.parse(data);
    if (is === "no_page") {
      frame.hidden = true;
      say("No page of this booking is open here at the moment. A page shows while the agent works in Chromium, and only on the server whose worker has it.");
    }
  });
  socket.addEventListener("close", () => {
    frame.hidden = true;
    say("The live page has ended here, or is watched in another window. Reload to look again.");
  });
}

localise(document);
makeCopyable(document);
sendOnce();
countDown();
follow();
watch();
