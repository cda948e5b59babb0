// Until nothing has changed in the document for `calm` milliseconds, or `most` are over.
((calm, most) =>
  new Promise((done) => {
    let waiting;
    const end = () => {
      observer.disconnect();
      clearTimeout(waiting);
      clearTimeout(last);
      done(true);
    };
    const again = () => {
      clearTimeout(waiting);
      waiting = setTimeout(end, calm);
    };
    const observer = new MutationObserver(again);
    const last = setTimeout(end, most);
    const watch = (root) => {
      observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
      for (const element of root.querySelectorAll("*")) {
        if (element.shadowRoot) watch(element.shadowRoot);
        // Only a frame of the same origin gives its document away.
        if (element.contentDocument) watch(element.contentDocument);
      }
    };
    watch(document);
    again();
  }))
