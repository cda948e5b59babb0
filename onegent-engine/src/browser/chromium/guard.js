// Runs before any script of a page, in every frame: closes the ways out that interception does not see, and those that
// only a person at the screen could answer.
(() => {
  const put = (owner, name, value) => {
    try {
      Object.defineProperty(owner, name, { value, writable: false, configurable: false, enumerable: false });
    } catch {}
  };
  const closed = (type) =>
    class extends EventTarget {
      constructor(url) {
        super();
        this.url = String(url);
        this.readyState = 3;
        setTimeout(() => {
          for (const name of ["error", "close"]) {
            const event = new Event(name);
            this.dispatchEvent(event);
            if (typeof this["on" + name] === "function") this["on" + name](event);
          }
        });
      }
      get [Symbol.toStringTag]() {
        return type;
      }
      send() {}
      close() {}
    };
  for (const name of ["WebSocket", "EventSource"]) if (name in globalThis) put(globalThis, name, closed(name));
  for (const name of [
    "PaymentRequest",
    "RTCPeerConnection",
    "SharedWorker",
    "WebSocketStream",
    "WebTransport",
    "webkitRTCPeerConnection",
    "showOpenFilePicker",
    "showSaveFilePicker",
    "showDirectoryPicker",
  ]) {
    if (name in globalThis) put(globalThis, name, undefined);
  }
  if (typeof Navigator === "undefined") return;
  const refuse = () => Promise.reject(new DOMException("Not allowed", "NotAllowedError"));
  put(Navigator.prototype, "credentials", { get: refuse, create: refuse, store: refuse, preventSilentAccess: () => Promise.resolve() });
  put(Navigator.prototype, "serviceWorker", undefined);
  put(globalThis, "print", () => {});
})();
