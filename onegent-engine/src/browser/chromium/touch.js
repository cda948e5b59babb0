// What is done to one element, called by name in a world of its own, where a page's scripts change nothing.
(function (deed, value) {
  const tell = () => {
    for (const name of ["input", "change"]) this.dispatchEvent(new Event(name, { bubbles: true, composed: true }));
  };
  const deeds = {
    // Makes a field ready to be typed into, what stands in it chosen.
    focus() {
      this.focus();
      if (this.select) this.select();
      return this.matches(":focus");
    },
    // Whether it may bring up suggestions a moment after something is typed.
    suggests() {
      return this.getAttribute("role") === "combobox" || (this.getAttribute("aria-autocomplete") ?? "none") !== "none";
    },
    clear() {
      document.execCommand("delete");
      return true;
    },
    value() {
      return this.value;
    },
    checked() {
      return this.checked;
    },
    // For fields with a picker of the browser's own.
    set() {
      this.focus();
      this.value = value;
      tell();
      return this.value === value;
    },
    choose() {
      const option = [...this.options].find((option) => option.value === value && !option.disabled);
      if (!option) return false;
      this.focus();
      option.selected = true;
      tell();
      return this.value === value;
    },
    // Whether a click at the middle of the element reaches it, or its label.
    reached() {
      const box = this.getClientRects()[0];
      if (!box) return false;
      const hit = this.getRootNode().elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      if (!hit) return false;
      return this.contains(hit) || hit.closest("label")?.control === this;
    },
    click() {
      this.click();
      return true;
    },
  };
  return deeds[deed].call(this);
})
