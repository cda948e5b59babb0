// What the page asks to be filled in: kinds, names and purposes of fields, never what stands in them.
(() => {
  const fields = [];
  let [proof, other, foreign] = [false, false, false];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (element.matches("iframe, frame") && element.checkVisibility()) {
        if (element.contentDocument) walk(element.contentDocument);
        else { foreign = true; fields.push(`frame|${element.src}`); }
      }
      if (!element.matches("input, select, textarea") || !element.checkVisibility()) continue;
      if (["hidden", "submit", "button", "image", "reset", "checkbox", "radio"].includes(element.type)) continue;
      const called = `${element.name} ${element.id} ${element.autocomplete}`.toLowerCase();
      fields.push(`${element.type}|${element.name}|${element.id}|${element.autocomplete}`);
      if (/(^|\s)cc-|card|cvc|cvv|csc|iban|account.?number/.test(called) || element.matches("select, textarea")) other = true;
      if (element.type === "password" || /captcha|one-?time|(^|[^a-z])otp|verif|human|robot/.test(called)) proof = true;
    }
  };
  walk(document);
  return { fields, is_wall: proof && !other && !foreign && fields.length <= 3 };
})()
