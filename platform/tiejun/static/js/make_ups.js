/* The make-up board: counts, warnings and the button's words follow the ticks. Works without: the server says the same. */
(() => {
  "use strict";

  const panel = document.getElementById("arrange-panel");
  const form = document.getElementById("arrange");
  if (!panel || !form) { return; }
  const words = panel.dataset;
  const place = (name) => document.querySelector(`[data-mu="${name}"]`);
  const boxes = () => [...document.querySelectorAll('input[name="case"]')];
  const fill = (text, values) => Object.keys(values).reduce((made, key) => made.replace(`{${key}}`, values[key]), text);
  const days = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / 86400000);

  /* Days are compared as ISO text: 2026-11-14 < 2026-12-05. */
  const dayOf = (option) => (option.dataset.new ? (form.elements.starts_at.value || "").slice(0, 10) : option.dataset.day);
  const lateOf = (option, ticked) => ticked.filter((box) => box.dataset.exam === option.dataset.exam && dayOf(option) && box.dataset.due < dayOf(option));

  function summary(ticked) {
    const parts = [];
    const overdue = ticked.filter((box) => box.dataset.due < words.today);
    if (overdue.length) { parts.push(fill(words.overdue, { n: overdue.length })); }
    const ahead = ticked.filter((box) => box.dataset.due >= words.today).map((box) => box.dataset.due).sort();
    if (ahead.length) { parts.push(fill(words.days, { n: ahead.length, d: days(words.today, ahead[0]) })); }
    return parts.join("，");
  }

  function act(chosen, count) {
    if (!count) { return words.idle; }
    if (!chosen || chosen.dataset.new) { return fill(words.actnew, { n: count }); }
    const [, month, day] = chosen.dataset.day.split("-").map(Number);
    return fill(words.act, { n: count, day: fill(words.day, { m: month, d: day }) });
  }

  /* Who is ticked says which exam it is: a sitting of another one can't be meant. */
  function follow() {
    const ticked = boxes().filter((box) => box.checked);
    const options = [...form.querySelectorAll('input[name="sitting"]')];
    const fits = (option) => ticked.every((box) => box.dataset.exam === option.dataset.exam);
    const chosen = options.find((option) => option.checked);
    if (!ticked.length || (chosen && fits(chosen))) { return; }
    const better = options.find((option) => fits(option) && !lateOf(option, ticked).length) || options.find(fits);
    if (better) { better.checked = true; }
  }

  function show() {
    const ticked = boxes().filter((box) => box.checked);
    const options = [...form.querySelectorAll('input[name="sitting"]')];
    options.forEach((option) => {
      const mark = option.parentElement.querySelector("[data-mu-late]");
      const late = lateOf(option, ticked);
      const other = ticked.filter((box) => box.dataset.exam !== option.dataset.exam);
      mark.hidden = !late.length && !other.length;
      mark.textContent = other.length ? fill(words.other, { n: other.length }) : fill(words.late, { n: late.length });
    });
    const chosen = options.find((option) => option.checked);
    const late = chosen ? lateOf(chosen, ticked) : [];
    place("late").hidden = !late.length;
    place("why").textContent = fill(words.why, { names: late.map((box) => box.dataset.name).join("、") });
    form.elements.reason.required = late.length > 0;
    place("new").hidden = !(chosen && chosen.dataset.new);
    place("title").textContent = ticked.length ? fill(words.title, { n: ticked.length }) : words.idle;
    place("act").textContent = act(chosen, ticked.length);
    place("act").setAttribute("aria-disabled", String(!ticked.length));
    place("result").textContent = ticked.length ? fill(words.result, { n: ticked.length }) : words.pick;
    if (place("count")) {
      place("count").textContent = fill(words.count, { n: ticked.length });
      place("summary").textContent = summary(ticked);
    }
  }

  /* After menu.js has set the members of a group box. */
  document.addEventListener("change", (event) => window.setTimeout(() => {
    if (event.target.name !== "sitting") { follow(); }
    show();
  }, 0));
  form.addEventListener("input", show);
  const clear = place("clear");
  if (clear) {
    clear.addEventListener("click", (event) => {
      event.preventDefault();
      boxes().forEach((box) => { box.checked = false; });
      document.querySelectorAll("input[data-tj-group]").forEach((box) => { box.checked = false; box.indeterminate = false; });
      document.querySelectorAll("tr[data-tj-row]").forEach((row) => row.classList.remove("tj-sel"));
      show();
    });
  }
  show();
})();
