/*
 * Marking by keyboard: rubric points add up to the total, which may be set freely. Without this script the
 * numbers are typed into the same fields, and the server adds them up.
 */
(() => {
  "use strict";

  const STEP = 0.5;
  const place = document.getElementById("marking");
  const link = (id) => document.getElementById(id);

  /** @param {EventTarget} target @returns {boolean} whether keys belong to this element */
  function isTyping(target) {
    return target instanceof Element && target.matches("textarea, select, input");
  }

  /** Follow a link of the row of answers, if there is one. @param {string} id */
  function follow(id) {
    const found = link(id);
    if (found && found.href) { found.click(); }
  }

  const form = link("mark-form");
  const points = form ? form.elements.points : null;
  const buttons = form ? [...form.querySelectorAll("[data-award]")] : [];
  const inputs = form ? [...form.querySelectorAll(".tj-rubric-in input")] : [];
  const adjusted = link("adjusted");
  const maximum = place ? Number(place.dataset.maximum) : 0;
  const worth = place ? Number(place.dataset.worth) : 0;
  let by = 0;

  const fullOf = (input) => Number(input.max);
  const valueOf = (input) => Number(input.value) || 0;
  const isGiven = () => inputs.some((input) => input.value !== "");
  const half = (value) => Math.round(value / STEP) * STEP;
  const inside = (value) => Math.min(Math.max(value, 0), maximum);

  /** @returns {number} the points that the rubric points come to, as the server reckons them */
  function sum() {
    const given = inputs.reduce((total, input) => total + valueOf(input), 0);
    return worth ? half(given / worth * maximum) : 0;
  }

  function show() {
    buttons.forEach((button, number) => {
      const value = valueOf(inputs[number]);
      button.setAttribute("aria-pressed", value >= fullOf(inputs[number]) ? "true" : value > 0 ? "mixed" : "false");
    });
    const apart = isGiven() && points.value !== "" ? Number(points.value) - sum() : 0;
    adjusted.hidden = !apart;
    adjusted.textContent = adjusted.dataset.words.replace("{sum}", sum()).replace("{by}", (apart > 0 ? "+" : "") + apart);
  }

  /** Carry the rubric points into the total; what the marker had adjusted stays. */
  function add() {
    points.value = String(inside(sum() + by));
    show();
  }

  /** @param {number} number @param {number} value */
  function award(number, value) {
    inputs[number].value = String(value);
    inputs.forEach((input) => { if (input.value === "") { input.value = "0"; } });
    add();
  }

  function toggle(number) {
    award(number, valueOf(inputs[number]) >= fullOf(inputs[number]) ? 0 : fullOf(inputs[number]));
  }

  function half_more(number) {
    const value = valueOf(inputs[number]);
    award(number, value >= fullOf(inputs[number]) ? 0 : Math.min(value + STEP, fullOf(inputs[number])));
  }

  function none() {
    by = 0;
    inputs.forEach((input) => { input.value = "0"; });
    points.value = "0";
    show();
  }

  function adjust(step) {
    points.value = String(inside(Number(points.value || 0) + step));
    by = isGiven() ? Number(points.value) - sum() : 0;
    show();
  }

  function onMark(event) {
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
    if (digit && digit[1] === "0") { none(); return true; }
    if (digit && inputs[Number(digit[1]) - 1]) {
      (event.shiftKey ? half_more : toggle)(Number(digit[1]) - 1);
      return true;
    }
    if (event.key === "ArrowUp" || event.key === "ArrowDown") { adjust(event.key === "ArrowUp" ? STEP : -STEP); return true; }
    if (event.key === "Enter") { form.requestSubmit ? form.requestSubmit() : form.submit(); return true; }
    return false;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (event.key === "Escape" && isTyping(event.target)) { event.target.blur(); return; }
    if (isTyping(event.target) || (event.key === "Enter" && event.target instanceof Element && event.target.matches("a, button, summary"))) { return; }
    let taken = true;
    if (event.key === "ArrowLeft") { follow("previous"); } else if (event.key === "ArrowRight") { follow("following"); } else { taken = Boolean(form) && onMark(event); }
    if (taken) { event.preventDefault(); }
  });

  if (!form) { return; }
  buttons.forEach((button, number) => {
    button.hidden = false;
    button.addEventListener("click", () => toggle(number));
  });
  form.querySelectorAll("[data-plain]").forEach((plain) => { plain.hidden = true; });
  inputs.forEach((input) => input.addEventListener("input", add));
  points.addEventListener("input", () => { by = isGiven() ? Number(points.value) - sum() : 0; show(); });
  link("keys").hidden = false;
  by = isGiven() && points.value !== "" ? Number(points.value) - sum() : 0;
  show();
})();
