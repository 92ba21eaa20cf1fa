/* The few things that the exam page does with elements. */

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * Make an element: make("p", {class: "tj-hint"}, "words", another). `true` writes a bare attribute, `false` none.
 * @param {string} tag
 * @param {Object<string, string|number|boolean>} [attributes]
 * @param {...(Node|string)} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  Object.keys(attributes || {}).forEach((name) => {
    const value = /** @type {Object<string, string|number|boolean>} */ (attributes)[name];
    if (value === true) { element.setAttribute(name, ""); }
    else if (value !== false) { element.setAttribute(name, String(value)); }
  });
  children.forEach((child) => element.append(child));
  return element;
}

/**
 * Return a fresh drawing of an icon; the page brings the ones that are needed as templates.
 * @param {string} name
 * @returns {Node}
 */
export function icon(name) {
  const source = /** @type {HTMLTemplateElement|null} */ (document.querySelector('template[data-icon="' + name + '"]'));
  return source ? source.content.cloneNode(true) : document.createTextNode("");
}

/**
 * @param {HTMLElement} element
 * @param {...(Node|string)} children
 */
export function fill(element, ...children) {
  element.textContent = "";
  children.forEach((child) => element.append(child));
}

/**
 * Write a text only when it changed, so that nothing is drawn or spoken again.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) { element.textContent = text; }
}

/**
 * Give an element one tone: "", "ok", "due" or "over".
 * @param {HTMLElement} element
 * @param {string} tone
 */
export function tone(element, tone) {
  ["ok", "due", "over"].forEach((one) => element.classList.toggle("tj-" + one, one === tone));
}

/**
 * Speak a sentence to those who listen to the page.
 * @param {string} sentence
 */
export function announce(sentence) {
  const place = byId("announce");
  place.textContent = "";
  window.setTimeout(() => { place.textContent = sentence; }, 50);
}

/**
 * @param {HTMLElement} element
 * @param {boolean} on
 */
export function show(element, on) {
  if (element.hidden === on) { element.hidden = !on; }
}
